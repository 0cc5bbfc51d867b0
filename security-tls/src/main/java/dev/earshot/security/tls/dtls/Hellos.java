package dev.earshot.security.tls.dtls;

import dev.earshot.Endpoint;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.security.tls.pki.HostCheck;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.bouncycastle.tls.AlertDescription;

/** The bodies of hellos, written and read, whatever is agreed on in them. */
final class Hellos {
  private static final byte[] NOTHING = {};

  /** RFC 6066, section 3: the one type of names that there is. */
  private static final int HOST_NAME = 0;

  private Hellos() {}

  /** The body of a client's hello that offers {@code codes}. */
  static byte[] client(byte[] random, byte[] cookie, List<Integer> codes, byte[] extensions) {
    MessageWriter suites = new MessageWriter();
    codes.forEach(suites::number2);
    suites.number2(Hello.RENEGOTIATION_SUITE);
    return new MessageWriter()
        .number2(Hello.VERSION_1_2)
        .bytes(random)
        .vector1(NOTHING) // no session to resume
        .vector1(cookie)
        .vector2(suites.done())
        .vector1(new byte[] {0})
        .vector2(extensions)
        .done();
  }

  /** What every client of ours offers, with groups if it has suites that need one. */
  static MessageWriter clientExtensions(boolean groups) {
    MessageWriter extensions = new MessageWriter().extension(Hello.EXTENDED_MASTER_SECRET, NOTHING);
    if (groups) {
      MessageWriter list = new MessageWriter();
      KeyAgreement.GROUPS.forEach(list::number2);
      extensions.extension(Hello.SUPPORTED_GROUPS, new MessageWriter().vector2(list.done()).done());
      extensions.extension(Hello.POINT_FORMATS, new byte[] {1, 0}); // uncompressed
    }
    return extensions;
  }

  /** RFC 6066, section 3: the name of the host at {@code endpoint}; nothing if it has none. */
  static byte[] serverName(Endpoint endpoint) {
    return HostCheck.serverName(endpoint)
        .map(
            name -> {
              byte[] letters = name.getBytes(StandardCharsets.US_ASCII);
              byte[] entry = new MessageWriter().number1(HOST_NAME).vector2(letters).done();
              byte[] list = new MessageWriter().vector2(entry).done();
              return new MessageWriter().extension(Hello.SERVER_NAME, list).done();
            })
        .orElse(NOTHING);
  }

  /** The body of a server's answer to {@code hello}. */
  static byte[] server(Hello hello, byte[] random, int code, boolean groups) {
    MessageWriter extensions = new MessageWriter();
    if (hello.has(Hello.EXTENDED_MASTER_SECRET)) {
      extensions.extension(Hello.EXTENDED_MASTER_SECRET, NOTHING);
    }
    if (hello.has(Hello.RENEGOTIATION_INFO) || hello.suites().contains(Hello.RENEGOTIATION_SUITE)) {
      extensions.extension(Hello.RENEGOTIATION_INFO, new byte[] {0}); // RFC 5746, section 3.6
    }
    if (groups && hello.has(Hello.POINT_FORMATS)) {
      extensions.extension(Hello.POINT_FORMATS, new byte[] {1, 0});
    }
    byte[] list = extensions.done();
    MessageWriter body =
        new MessageWriter()
            .number2(Hello.VERSION_1_2)
            .bytes(random)
            .vector1(NOTHING) // a session that cannot be resumed
            .number2(code)
            .number1(0);
    return list.length == 0 ? body.done() : body.vector2(list).done();
  }

  /**
   * A server's answer as it came.
   *
   * @param version what it chose
   * @param random its random bytes
   * @param code the suite that it chose
   * @param extended whether the master secret is the extended one
   */
  record Answer(int version, byte[] random, int code, boolean extended) {}

  /** Reads the body of a server's hello, to a client that has {@code named} it or not. */
  static Answer answer(Fields fields, boolean named) throws DtlsFailure {
    int version = fields.number2();
    byte[] random = fields.bytes(Hello.RANDOM_BYTES);
    fields.vector1(Hello.RANDOM_BYTES); // a session to be resumed, which it never is
    int code = fields.number2();
    if (fields.number1() != 0) {
      throw PskWords.illegal("the peer chose to compress");
    }
    Map<Integer, byte[]> extensions = Hello.extensions(fields);
    for (int type : extensions.keySet()) {
      if (type != Hello.EXTENDED_MASTER_SECRET
          && type != Hello.RENEGOTIATION_INFO
          && type != Hello.POINT_FORMATS
          && !(named && type == Hello.SERVER_NAME)) {
        throw new DtlsFailure(
            Reason.PROTOCOL_ERROR,
            AlertDescription.unsupported_extension,
            "the peer answered an extension that was not offered: " + type);
      }
    }
    return new Answer(version, random, code, extensions.containsKey(Hello.EXTENDED_MASTER_SECRET));
  }
}
