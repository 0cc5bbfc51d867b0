package dev.earshot.security.tls.engine;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.security.tls.record.RecordFormat;
import java.nio.ByteBuffer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;

/**
 * The five bytes before each record, checked before anything is done with them. Immutable.
 *
 * @param type one of the four types
 * @param length the length of what follows, within the limit
 */
record RecordHeader(int type, int length) {
  private static final int MAJOR = 3;
  private static final int MINOR = 3;

  /**
   * The header of a record of the connection's data.
   *
   * @param tls13 whether every record must look like data (RFC 8446, section 5.2)
   * @throws TlsFailure if it breaks the rules
   */
  static RecordHeader ofData(ByteBuffer source, int maximumLength, boolean tls13)
      throws TlsFailure {
    int at = source.position();
    int type = source.get(at) & 0xFF;
    if (!known(type) || (tls13 && type != ContentType.application_data)) {
      throw TlsFailure.corrupted(
          AlertDescription.unexpected_message, "a record of unexpected type " + type, null);
    }
    // RFC 5246, E.1: from the server's hello on, every record has the version that was agreed.
    if (source.get(at + 1) != MAJOR || source.get(at + 2) != MINOR) {
      throw TlsFailure.corrupted(
          AlertDescription.protocol_version, "a record of another protocol version", null);
    }
    int length = length(source, at);
    if (length > maximumLength) {
      throw TlsFailure.corrupted(AlertDescription.record_overflow, tooLong(length), null);
    }
    return new RecordHeader(type, length);
  }

  /**
   * The header of a record of the handshake.
   *
   * @throws TlsFailure if it breaks the rules
   */
  static RecordHeader ofHandshake(ByteBuffer source) throws TlsFailure {
    int at = source.position();
    int type = source.get(at) & 0xFF;
    if (!known(type) || source.get(at + 1) != MAJOR) {
      throw broken(AlertDescription.unexpected_message, "what arrived is not a record of TLS");
    }
    int length = length(source, at);
    if (length > RecordFormat.MAXIMUM_RECORD - RecordFormat.HEADER_BYTES) {
      throw broken(AlertDescription.record_overflow, tooLong(length));
    }
    return new RecordHeader(type, length);
  }

  /** The whole record's length. */
  int recordLength() {
    return RecordFormat.HEADER_BYTES + length;
  }

  /** Whether there are records of {@code type}. */
  static boolean known(int type) {
    return type >= ContentType.change_cipher_spec && type <= ContentType.application_data;
  }

  private static int length(ByteBuffer source, int at) {
    return (source.get(at + 3) & 0xFF) << 8 | source.get(at + 4) & 0xFF;
  }

  private static String tooLong(int length) {
    return "a record of " + length + " bytes is longer than allowed";
  }

  private static TlsFailure broken(int alert, String message) {
    return TlsFailure.handshake(Reason.PROTOCOL_ERROR, alert, message, null);
  }
}
