package dev.earshot.security.tls.psk;

import static dev.earshot.security.tls.psk.OpenSslPeers.CHACHA;
import static dev.earshot.security.tls.psk.OpenSslPeers.GCM;
import static dev.earshot.security.tls.psk.OpenSslPeers.KEY;
import static dev.earshot.security.tls.psk.OpenSslPeers.OTHER_KEY;
import static dev.earshot.security.tls.psk.OpenSslPeers.accept;
import static dev.earshot.security.tls.psk.OpenSslPeers.client;
import static dev.earshot.security.tls.psk.OpenSslPeers.dial;
import static dev.earshot.security.tls.psk.OpenSslPeers.listen;
import static dev.earshot.security.tls.psk.OpenSslPeers.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.Security;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What both sides are told when nothing comes of a connection with the {@code openssl} command. */
@Tag("network")
@Timeout(120)
class OpenSslRefusalInteropTest {
  @BeforeAll
  static void needsOpenSsl() {
    OpenSsl.require();
  }

  @Test
  void aWrongKeyIsToldOnBothSidesWhenWeServe() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, OTHER_KEY, "kitchen", "-cipher", GCM);
        BlockingTls tls = accept(listener)) {
      assertRefused(tls, Reason.WRONG_KEY, "'kitchen' is not ours");
      assertThat(openssl.errors()).contains("bad record mac");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {GCM, CHACHA})
  void aWrongKeyIsToldOnBothSidesWhenWeConnect(String cipher) throws Exception {
    int port = OpenSsl.freePort();
    try (OpenSsl openssl = server(port, OTHER_KEY, "-tls1_2", "-cipher", cipher);
        BlockingTls tls = dial(openssl, port)) {
      assertRefused(tls, Reason.WRONG_KEY, "'kitchen' is not ours");
      assertThat(openssl.errors()).contains("bad record mac");
    }
  }

  @Test
  void aWrongKeyInTls13IsToldOnBothSides() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, OTHER_KEY, "kitchen", "-tls1_3");
        BlockingTls tls = OpenSslPeers.acceptAnyVersion(listener)) {
      assertRefused(tls, Reason.WRONG_KEY, "'kitchen' is not ours");
      assertThat(openssl.errors()).contains("decrypt error");
    }
    int port = OpenSsl.freePort();
    try (OpenSsl openssl = server(port, OTHER_KEY, "-tls1_3");
        BlockingTls tls = OpenSslPeers.dialAnyVersion(openssl, port)) {
      assertRefused(tls, Reason.WRONG_KEY, "'kitchen' is not ours");
      assertThat(openssl.errors()).contains("binder does not verify");
    }
  }

  @Test
  void anUnknownIdentityInTls13IsToldHereAndLooksLikeAWrongKeyThere() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, KEY, "bath", "-tls1_3");
        BlockingTls tls = OpenSslPeers.acceptAnyVersion(listener)) {
      assertRefused(tls, Reason.UNKNOWN_IDENTITY, "'bath'");
      assertThat(openssl.errors()).contains("decrypt error");
    }
  }

  /** Trap M1. */
  @Test
  void anIdentityUsedAsKeyIsNamedInTls13() throws Exception {
    String identity = HexFormat.of().formatHex("kitchen".getBytes(StandardCharsets.US_ASCII));
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, identity, "kitchen", "-tls1_3");
        BlockingTls tls = OpenSslPeers.acceptAnyVersion(listener)) {
      assertRefused(tls, Reason.WRONG_KEY, "used its identity 'kitchen' as its key");
      assertThat(openssl.errors()).contains("decrypt error");
    }
  }

  @Test
  void aServerThatShowsACertificateInsteadIsRefused(@TempDir Path folder) throws Exception {
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("certificate.pem");
    try (OpenSsl made =
        OpenSsl.run(
            java.util.List.of(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=x",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString()))) {
      assertThat(made.exitCode()).isZero();
    }
    int port = OpenSsl.freePort();
    try (OpenSsl openssl =
            OpenSsl.server(
                port, "-tls1_3", "-key", key.toString(), "-cert", certificate.toString());
        BlockingTls tls = OpenSslPeers.dialAnyVersion(openssl, port)) {
      assertRefused(tls, Reason.UNKNOWN_IDENTITY, "did not take our key");
    }
  }

  @Test
  void anUnknownIdentityIsToldHereAndLooksLikeAWrongKeyThere() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, KEY, "bath", "-cipher", CHACHA);
        BlockingTls tls = accept(listener)) {
      assertRefused(tls, Reason.UNKNOWN_IDENTITY, "'bath'");
      assertThat(openssl.errors()).contains("bad record mac");
    }
  }

  /** Trap M1. */
  @ParameterizedTest
  @ValueSource(strings = {GCM, CHACHA})
  void anIdentityUsedAsKeyIsNamed(String cipher) throws Exception {
    String identity = HexFormat.of().formatHex("kitchen".getBytes(StandardCharsets.US_ASCII));
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, identity, "kitchen", "-cipher", cipher);
        BlockingTls tls = accept(listener)) {
      assertRefused(tls, Reason.WRONG_KEY, "used its identity 'kitchen' as its key");
      assertThat(openssl.errors()).contains("bad record mac");
    }
  }

  @ParameterizedTest
  @CsvSource({"-tls1_3, protocol version", "-tls1_1, protocol version"})
  void aClientOfAnotherVersionIsRefused(String version, String told) throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, KEY, "kitchen", version, "-cipher", "ALL:@SECLEVEL=0");
        BlockingTls tls = accept(listener)) {
      assertRefused(tls, Reason.PROTOCOL_VERSION, "does not offer TLS 1.2");
      assertThat(openssl.errors()).contains(told);
    }
  }

  @Test
  void aServerOfTls13AloneIsRefused() throws Exception {
    int port = OpenSsl.freePort();
    try (OpenSsl openssl = server(port, KEY, "-tls1_3");
        BlockingTls tls = dial(openssl, port)) {
      assertRefused(tls, Reason.PROTOCOL_VERSION, "does not take TLS 1.2");
    }
  }

  @Test
  void aClientWithoutAKeyHasNoSuiteInCommon() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = OpenSsl.client(listener, "-tls1_2");
        BlockingTls tls = accept(listener)) {
      assertRefused(tls, Reason.NO_COMMON_SUITE, "offers none of our cipher suites");
      assertThat(openssl.errors()).contains("handshake failure");
    }
  }

  @Test
  void aServerWithACertificateOnlyHasNoSuiteInCommon(@TempDir Path folder) throws Exception {
    String key = folder.resolve("key.pem").toString();
    String certificate = folder.resolve("cert.pem").toString();
    try (OpenSsl mint =
        OpenSsl.run(
            java.util.List.of(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=den",
                "-keyout",
                key,
                "-out",
                certificate))) {
      mint.output();
    }
    int port = OpenSsl.freePort();
    try (OpenSsl openssl = OpenSsl.server(port, "-key", key, "-cert", certificate, "-tls1_2");
        BlockingTls tls = dial(openssl, port)) {
      assertRefused(tls, Reason.NO_COMMON_SUITE, "takes none of our cipher suites");
    }
  }

  @Test
  void aPlaintextClientIsNamedAndTold() throws Exception {
    try (ServerSocket listener = listen();
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
        BlockingTls tls = accept(listener)) {
      OutputStream out = plain.getOutputStream();
      out.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertRefused(tls, Reason.PLAINTEXT_PEER, "an HTTP request");
      assertThat(plain.getInputStream().readNBytes(7)).containsExactly(21, 3, 3, 0, 2, 2, 10);
    }
  }

  @Test
  void aPlaintextServerIsNamed() throws Exception {
    try (ServerSocket listener = listen();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
        Socket plain = listener.accept();
        BlockingTls tls =
            new BlockingTls(
                socket,
                new PskSecurity(Security.psk(EnginePair.key("kitchen")))
                    .open(Role.CLIENT, "den"))) {
      plain.getOutputStream().write("HTTP/1.1 400 Bad\r\n".getBytes(StandardCharsets.US_ASCII));
      assertRefused(tls, Reason.PLAINTEXT_PEER, "an HTTP answer");
    }
  }

  private static void assertRefused(BlockingTls tls, Reason reason, String words) {
    assertThatThrownBy(tls::handshake)
        .isInstanceOf(IOException.class)
        .satisfies(
            thrown -> {
              NetworkException told = tls.stream.explain(thrown);
              assertThat(told).isInstanceOf(HandshakeException.class).hasMessageContaining(words);
              assertThat(((HandshakeException) told).reason()).isEqualTo(reason);
            });
  }
}
