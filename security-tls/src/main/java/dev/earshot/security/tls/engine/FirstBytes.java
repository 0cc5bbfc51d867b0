package dev.earshot.security.tls.engine;

import dev.earshot.HandshakeException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.tls.AlertDescription;

/**
 * The very first bytes of a peer: whether they are TLS, and if not, what they look like.
 *
 * <p>Says the kind of what it saw and never shows it.
 */
final class FirstBytes {
  private static final int LOOK_AT = 16;
  private static final List<String> METHODS =
      List.of("GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "PRI");

  private FirstBytes() {}

  /**
   * Throws unless {@code source}, which may be shorter than a header, can be the beginning of TLS.
   */
  static void check(ByteBuffer source) throws TlsFailure {
    int at = source.position();
    int available = source.remaining();
    if (available == 0) {
      return;
    }
    int type = source.get(at) & 0xFF;
    if (available > 2 && (type & 0x80) != 0 && source.get(at + 2) == 1) {
      // RFC 5246, E.2: the hello of SSL 2.0 is a length with the top bit set, and message type 1.
      throw TlsFailure.handshake(
          Reason.PROTOCOL_VERSION,
          AlertDescription.protocol_version,
          "the peer said hello in SSL 2.0; TLS 1.2 is needed",
          null);
    }
    boolean record = RecordHeader.known(type);
    boolean sslThree = available < 2 || source.get(at + 1) == 3;
    boolean maybeOld = (type & 0x80) != 0 && available <= 2;
    if ((record && sslThree) || maybeOld) {
      return;
    }
    throw TlsFailure.handshake(
        Reason.PLAINTEXT_PEER,
        AlertDescription.unexpected_message,
        "the peer does not speak TLS, it sent " + describe(source) + "; secure both sides, or none",
        null);
  }

  private static String describe(ByteBuffer source) {
    byte[] start = new byte[Math.min(LOOK_AT, source.remaining())];
    source.duplicate().get(start);
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (METHODS.stream().anyMatch(text::startsWith)) {
      return "an HTTP request";
    }
    if (text.startsWith("HTTP/")) {
      return "an HTTP answer";
    }
    if (text.startsWith("SSH-")) {
      return "a greeting of SSH";
    }
    boolean printable =
        text.chars().allMatch(c -> c >= 0x20 && c < 0x7F || c == '\r' || c == '\n' || c == '\t');
    return printable
        ? "text"
        : String.format(Locale.ROOT, "bytes that begin with 0x%02X", start[0]);
  }
}
