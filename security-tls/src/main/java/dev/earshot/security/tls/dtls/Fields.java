package dev.earshot.security.tls.dtls;

import dev.earshot.HandshakeException.Reason;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;

/** The fields of a handshake message, read one after the other; every length is checked first. */
final class Fields {
  private final byte[] bytes;
  private int at;
  private final int to;

  Fields(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  Fields(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
  }

  boolean isAtEnd() {
    return at == to;
  }

  /** An unsigned number of one byte. */
  int number1() throws DtlsFailure {
    require(1);
    return bytes[at++] & 0xFF;
  }

  /** An unsigned number of two bytes. */
  int number2() throws DtlsFailure {
    return number1() << 8 | number1();
  }

  byte[] bytes(int count) throws DtlsFailure {
    require(count);
    at += count;
    return Arrays.copyOfRange(bytes, at - count, at);
  }

  /** What a length of one byte announces, {@code most} at most. */
  byte[] vector1(int most) throws DtlsFailure {
    return bounded(number1(), most);
  }

  /** What a length of two bytes announces, {@code most} at most. */
  byte[] vector2(int most) throws DtlsFailure {
    return bounded(number2(), most);
  }

  /** What a length of three bytes announces, {@code most} at most. */
  byte[] vector3(int most) throws DtlsFailure {
    return bounded(number1() << 16 | number2(), most);
  }

  /** Nothing may be left. */
  void end() throws DtlsFailure {
    if (!isAtEnd()) {
      throw wrong((to - at) + " bytes too many");
    }
  }

  private byte[] bounded(int count, int most) throws DtlsFailure {
    if (count > most) {
      throw wrong("a field of " + count + " bytes, " + most + " at most");
    }
    return bytes(count);
  }

  private void require(int count) throws DtlsFailure {
    if (count > to - at) {
      throw wrong(count + " bytes announced, " + (to - at) + " left");
    }
  }

  private static DtlsFailure wrong(String what) {
    return new DtlsFailure(
        Reason.PROTOCOL_ERROR,
        AlertDescription.decode_error,
        "a handshake message cannot be read: " + what);
  }
}
