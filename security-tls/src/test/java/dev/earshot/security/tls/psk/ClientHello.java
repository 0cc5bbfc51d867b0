package dev.earshot.security.tls.psk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** A client's hello in one record, taken apart and put together by hand. */
public final class ClientHello {
  /** RFC 6066. */
  public static final int SERVER_NAME = 0;

  /** RFC 8446. */
  public static final int PRE_SHARED_KEY = 41;

  /** RFC 8446. */
  public static final int SUPPORTED_VERSIONS = 43;

  private ClientHello() {}

  /** One without extensions; {@code version} and {@code suites} are in hex. */
  public static byte[] plain(String version, String suites) {
    String body =
        version
            + "11".repeat(32)
            + "00"
            + String.format("%04x", suites.length() / 2)
            + suites
            + "0100";
    String message = "01" + String.format("%06x", body.length() / 2) + body;
    return HexFormat.of()
        .parseHex("16" + version + String.format("%04x", message.length() / 2) + message);
  }

  /** The content of an extension of {@code flight}, a hello; empty if it has none such. */
  public static Optional<byte[]> extension(int type, byte[] flight) {
    ByteBuffer source = ByteBuffer.wrap(flight);
    int at = at(type, source);
    return at == flight.length
        ? Optional.empty()
        : Optional.of(Arrays.copyOfRange(flight, at + 4, at + 4 + source.getShort(at + 2)));
  }

  /** {@code flight}, a hello, without one of its extensions. */
  public static byte[] without(int type, byte[] flight) {
    ByteBuffer source = ByteBuffer.wrap(flight);
    int at = at(type, source);
    int length = 4 + source.getShort(at + 2);
    byte[] shorter = Arrays.copyOf(flight, flight.length - length);
    System.arraycopy(flight, at + length, shorter, at, flight.length - at - length);
    ByteBuffer target = ByteBuffer.wrap(shorter);
    int extensions = extensions(source);
    target.putShort(extensions, (short) (source.getShort(extensions) - length));
    target.putShort(3, (short) (source.getShort(3) - length));
    target.putShort(7, (short) (source.getShort(7) - length));
    return shorter;
  }

  /** Where the length of all extensions is. */
  private static int extensions(ByteBuffer source) {
    int at = 5 + 4 + 34;
    at += 1 + source.get(at);
    at += 2 + source.getShort(at);
    return at + 1 + source.get(at);
  }

  private static int at(int type, ByteBuffer source) {
    int at = extensions(source) + 2;
    while (at < source.limit() && (source.getShort(at) & 0xFFFF) != type) {
      at += 4 + source.getShort(at + 2);
    }
    return at;
  }
}
