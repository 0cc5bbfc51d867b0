package dev.earshot.security.tls.dtls;

import dev.earshot.HandshakeException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.tls.AlertDescription;

/**
 * A ClientHello as it came (RFC 6347, section 4.2.1; RFC 5246, section 7.4.1.2). Immutable: nobody
 * writes to the arrays.
 *
 * @param version the newest version that the client has
 * @param random its random bytes
 * @param cookie what it repeats of the server's answer; empty in the first
 * @param suites the cipher suites that it takes
 * @param extensions what it offers beyond that
 */
record Hello(
    int version,
    byte[] random,
    byte[] cookie,
    List<Integer> suites,
    Map<Integer, byte[]> extensions) {
  static final int RANDOM_BYTES = 32;
  static final int VERSION_1_0 = 0xFEFF;
  static final int VERSION_1_2 = 0xFEFD;

  /** RFC 6066, section 3. */
  static final int SERVER_NAME = 0;

  /** RFC 8422, section 5.1.1. */
  static final int SUPPORTED_GROUPS = 10;

  /** RFC 8422, section 5.1.2. */
  static final int POINT_FORMATS = 11;

  /** RFC 7627. */
  static final int EXTENDED_MASTER_SECRET = 23;

  /** RFC 5746. */
  static final int RENEGOTIATION_INFO = 0xFF01;

  /** The suite that stands for an empty {@link #RENEGOTIATION_INFO}. */
  static final int RENEGOTIATION_SUITE = 0x00FF;

  private static final int MOST_SESSION_ID = 32;
  private static final int MOST_COOKIE = 255;

  /** Reads the body of a ClientHello. */
  static Hello read(byte[] body) throws DtlsFailure {
    Fields fields = new Fields(body);
    int version = fields.number2();
    byte[] random = fields.bytes(RANDOM_BYTES);
    fields.vector1(MOST_SESSION_ID);
    byte[] cookie = fields.vector1(MOST_COOKIE);
    Fields suites = new Fields(fields.vector2(body.length));
    List<Integer> codes = new ArrayList<>();
    while (!suites.isAtEnd()) {
      codes.add(suites.number2());
    }
    requireNoCompression(fields.vector1(MOST_COOKIE));
    return new Hello(version, random, cookie, codes, extensions(fields));
  }

  private static void requireNoCompression(byte[] methods) throws DtlsFailure {
    for (byte method : methods) {
      if (method == 0) {
        return;
      }
    }
    throw new DtlsFailure(
        Reason.PROTOCOL_ERROR,
        AlertDescription.illegal_parameter,
        "the peer does not take uncompressed records");
  }

  /** Reads extensions, if there are any, to the end of {@code fields}. */
  static Map<Integer, byte[]> extensions(Fields fields) throws DtlsFailure {
    Map<Integer, byte[]> found = new HashMap<>();
    if (fields.isAtEnd()) {
      return found;
    }
    Fields list = new Fields(fields.vector2(MessageAssembly.LONGEST));
    fields.end();
    while (!list.isAtEnd()) {
      int type = list.number2();
      byte[] content = list.vector2(MessageAssembly.LONGEST);
      if (found.put(type, content) != null) {
        throw new DtlsFailure(
            Reason.PROTOCOL_ERROR,
            AlertDescription.illegal_parameter,
            "the extension " + type + " comes twice");
      }
    }
    return found;
  }

  boolean has(int extension) {
    return extensions.containsKey(extension);
  }
}
