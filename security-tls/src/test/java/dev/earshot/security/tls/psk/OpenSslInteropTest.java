package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.earshot.ConnectionLostException;
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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both roles against the {@code openssl} command, over loopback. */
@Tag("network")
@Timeout(120)
class OpenSslInteropTest {
  private static final String KEY = HexFormat.of().formatHex(EnginePair.KEY);
  private static final String OTHER_KEY = "ff".repeat(32);
  private static final String GCM = "PSK-AES128-GCM-SHA256";
  private static final String CHACHA = "ECDHE-PSK-CHACHA20-POLY1305";
  private static final int BULK = 5_000_000;

  private final Security.Psk security = Security.psk(EnginePair.key("kitchen"));

  @BeforeAll
  static void needsOpenSsl() {
    OpenSsl.require();
  }

  @ParameterizedTest
  @CsvSource({
    GCM + ", TLS_PSK_WITH_AES_128_GCM_SHA256",
    CHACHA + ", TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"
  })
  void anOpensslClientIsServed(String cipher, String name) throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, KEY, "kitchen", "-quiet", "-cipher", cipher);
        BlockingTls tls = accept(listener)) {
      tls.handshake();
      assertThat(tls.stream.metadata().cipherSuite()).isEqualTo(name);
      assertThat(tls.stream.metadata().pskIdentity().orElseThrow().toUtf8String())
          .isEqualTo("kitchen");
      exchangeBulk(tls, openssl);
    }
  }

  @ParameterizedTest
  @CsvSource({
    GCM + ", TLS_PSK_WITH_AES_128_GCM_SHA256",
    CHACHA + ", TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"
  })
  void anOpensslServerIsUnderstood(String cipher, String name) throws Exception {
    int port = OpenSsl.freePort();
    try (OpenSsl openssl = server(port, KEY, "-quiet", "-tls1_2", "-cipher", cipher);
        BlockingTls tls = dial(openssl, port)) {
      tls.handshake();
      assertThat(tls.stream.metadata().cipherSuite()).isEqualTo(name);
      exchangeBulk(tls, openssl);
    }
  }

  @Test
  void anIdentityHintChangesNothing() throws Exception {
    int port = OpenSsl.freePort();
    try (OpenSsl openssl = server(port, KEY, "-quiet", "-tls1_2", "-psk_hint", "the attic");
        BlockingTls tls = dial(openssl, port)) {
      tls.handshake();
      exchangeBulk(tls, openssl);
    }
  }

  @Test
  void aClientThatOffersTls13AsWellAgreesOnTls12() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, KEY, "kitchen", "-quiet");
        BlockingTls tls = accept(listener)) {
      tls.handshake();
      assertThat(tls.stream.metadata().cipherSuite()).contains("CHACHA20");
      exchangeBulk(tls, openssl);
    }
  }

  @ParameterizedTest
  @CsvSource({"X25519, ECDHE_PSK", "P-256, ECDHE_PSK", "P-384, TLS_PSK_WITH_AES_128_GCM_SHA256"})
  void aClientsGroupsDecideWhatCanBeAgreed(String group, String suite) throws Exception {
    String ciphers = CHACHA + ":" + GCM;
    try (ServerSocket listener = listen();
        OpenSsl openssl =
            client(
                listener, KEY, "kitchen", "-quiet", "-tls1_2", "-cipher", ciphers, "-groups",
                group);
        BlockingTls tls = accept(listener)) {
      tls.handshake();
      assertThat(tls.stream.metadata().cipherSuite()).contains(suite);
      exchangeBulk(tls, openssl);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X25519", "P-256"})
  void aServersGroupIsOneOfOurs(String group) throws Exception {
    int port = OpenSsl.freePort();
    try (OpenSsl openssl =
            server(port, KEY, "-quiet", "-tls1_2", "-cipher", CHACHA, "-groups", group);
        BlockingTls tls = dial(openssl, port)) {
      tls.handshake();
      exchangeBulk(tls, openssl);
    }
  }

  /** Trap M26. */
  @Test
  void opensslIsGivenNothingToResume(@TempDir Path folder) throws Exception {
    Path session = folder.resolve("session");
    try (ServerSocket listener = listen();
        OpenSsl openssl =
            client(
                listener,
                KEY,
                "kitchen",
                "-tls1_2",
                "-cipher",
                GCM,
                "-sess_out",
                session.toString());
        BlockingTls tls = accept(listener)) {
      tls.handshake();
      tls.finish();
      String told = new String(openssl.output(), StandardCharsets.US_ASCII);
      assertThat(told).contains("New, TLSv1.2", "Session-ID: \n").doesNotContain("session ticket");
      assertThat(session).doesNotExist();
    }
  }

  @Test
  void recordsAreAsShortAsTheClientAsks() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl =
            client(listener, KEY, "kitchen", "-quiet", "-cipher", GCM, "-maxfraglen", "512");
        BlockingTls tls = accept(listener)) {
      tls.handshake();
      exchangeBulk(tls, openssl);
      assertThat(tls.longestRecord()).isEqualTo(5 + 8 + 512 + 16);
    }
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
  void anUnknownIdentityIsToldOnBothSides() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, KEY, "bath", "-cipher", CHACHA);
        BlockingTls tls = accept(listener)) {
      assertRefused(tls, Reason.UNKNOWN_IDENTITY, "'bath'");
      assertThat(openssl.errors()).contains("unknown psk identity");
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
  void aClientThatWantsToShakeHandsAgainIsRefused() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, KEY, "kitchen", "-tls1_2", "-cipher", GCM);
        BlockingTls tls = accept(listener)) {
      tls.handshake();
      openssl.feed("R\n".getBytes(StandardCharsets.US_ASCII)).join();

      Throwable end = catchThrowable(() -> tls.read(1));
      assertThat(tls.stream.explain(end)).isInstanceOf(ConnectionLostException.class);
      assertThat(openssl.errors()).contains("no renegotiation");
    }
  }

  @Test
  void aFarewellOfOpensslIsTheEndOfTheStream() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl =
            client(listener, KEY, "kitchen", "-quiet", "-no_ign_eof", "-cipher", GCM);
        BlockingTls tls = accept(listener)) {
      tls.handshake();
      openssl.feed(new byte[1000]).join();
      openssl.endInput();

      assertThat(tls.read(1000)).hasSize(1000);
      assertThat(tls.read()).isNull();
    }
  }

  @Test
  void aPeerThatIsKilledIsALostConnection() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, KEY, "kitchen", "-quiet", "-cipher", GCM);
        BlockingTls tls = accept(listener)) {
      tls.handshake();
      openssl.feed(new byte[1000]).join();
      assertThat(tls.read(1000)).hasSize(1000);
      openssl.kill();

      Throwable end = catchThrowable(tls::read);
      assertThat(tls.stream.explain(end)).isInstanceOf(ConnectionLostException.class);
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
            new BlockingTls(socket, new PskSecurity(security).open(Role.CLIENT, "den"))) {
      plain.getOutputStream().write("HTTP/1.1 400 Bad\r\n".getBytes(StandardCharsets.US_ASCII));
      assertRefused(tls, Reason.PLAINTEXT_PEER, "an HTTP answer");
    }
  }

  /** Sends and receives much at the same time, then says farewell. */
  private static void exchangeBulk(BlockingTls tls, OpenSsl openssl) throws Exception {
    byte[] there = noise(1);
    byte[] back = noise(2);
    CompletableFuture<Void> fed = openssl.feed(back);
    byte[] got = new byte[0];
    int half = BULK / 2;
    tls.write(Arrays.copyOf(there, half));
    got = tls.read(BULK);
    tls.write(Arrays.copyOfRange(there, half, BULK));
    fed.join();
    tls.finish();

    assertThat(got).isEqualTo(back);
    assertThat(openssl.output()).isEqualTo(there);
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

  private BlockingTls accept(ServerSocket listener) throws IOException {
    listener.setSoTimeout(20_000);
    return new BlockingTls(
        listener.accept(), new PskSecurity(security).open(Role.SERVER, "s_client"));
  }

  private BlockingTls dial(OpenSsl openssl, int port) throws Exception {
    return new BlockingTls(
        openssl.connect(port), new PskSecurity(security).open(Role.CLIENT, "s_server"));
  }

  private static OpenSsl client(ServerSocket listener, String key, String identity, String... more)
      throws IOException {
    return OpenSsl.client(listener, join(more, "-psk", key, "-psk_identity", identity));
  }

  private static OpenSsl server(int port, String key, String... more) throws IOException {
    return OpenSsl.server(port, join(more, "-nocert", "-psk", key));
  }

  private static String[] join(String[] some, String... others) {
    String[] all = Arrays.copyOf(some, some.length + others.length);
    System.arraycopy(others, 0, all, some.length, others.length);
    return all;
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static byte[] noise(long seed) {
    byte[] content = new byte[BULK];
    new Random(seed).nextBytes(content);
    return content;
  }
}
