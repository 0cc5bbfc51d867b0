package dev.earshot.security.tls.psk;

import static dev.earshot.security.tls.psk.OpenSslPeers.CHACHA;
import static dev.earshot.security.tls.psk.OpenSslPeers.GCM;
import static dev.earshot.security.tls.psk.OpenSslPeers.KEY;
import static dev.earshot.security.tls.psk.OpenSslPeers.accept;
import static dev.earshot.security.tls.psk.OpenSslPeers.client;
import static dev.earshot.security.tls.psk.OpenSslPeers.dial;
import static dev.earshot.security.tls.psk.OpenSslPeers.listen;
import static dev.earshot.security.tls.psk.OpenSslPeers.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.earshot.ConnectionLostException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
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

/** Connections in both roles with the {@code openssl} command, over loopback. */
@Tag("network")
@Tag("once")
@Timeout(120)
class OpenSslInteropTest {
  private static final int BULK = 5_000_000;
  private static final String TLS13 = "TLS_AES_128_GCM_SHA256";

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

  @ParameterizedTest
  @ValueSource(strings = {TLS13, "TLS_CHACHA20_POLY1305_SHA256"})
  void muchGoesBothWaysInTls13(String suite) throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl =
            client(listener, KEY, "kitchen", "-quiet", "-tls1_3", "-ciphersuites", suite);
        BlockingTls tls = OpenSslPeers.acceptAnyVersion(listener)) {
      tls.handshake();
      assertThat(tls.stream.metadata().cipherSuite()).isEqualTo(suite);
      exchangeBulk(tls, openssl);
    }
    int port = OpenSsl.freePort();
    try (OpenSsl openssl = server(port, KEY, "-quiet", "-tls1_3", "-ciphersuites", suite);
        BlockingTls tls = OpenSslPeers.dialAnyVersion(openssl, port)) {
      tls.handshake();
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

  /** {@code K} makes the command change its keys, and ask for a change of ours. */
  @Test
  void keysMayChangeOnTheWayWithAClient() throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl openssl = client(listener, KEY, "kitchen", "-tls1_3", "-ciphersuites", TLS13);
        BlockingTls tls = OpenSslPeers.acceptAnyVersion(listener)) {
      tls.handshake();
      changeKeys(tls, openssl);
    }
  }

  @Test
  void keysMayChangeOnTheWayWithAServer() throws Exception {
    int port = OpenSsl.freePort();
    try (OpenSsl openssl =
            server(port, KEY, "-tls1_3", "-ciphersuites", TLS13, "-num_tickets", "0");
        BlockingTls tls = OpenSslPeers.dialAnyVersion(openssl, port)) {
      tls.handshake();
      changeKeys(tls, openssl);
    }
  }

  /** Three times each way; bytes that arrive show that both sides followed. */
  private static void changeKeys(BlockingTls tls, OpenSsl openssl) throws Exception {
    for (int i = 0; i < 3; i++) {
      openssl.feed("K\n".getBytes(StandardCharsets.US_ASCII)).join();
      tls.readControl(); // the command forgets what it is told together with a K
      String line = "line " + i + "\n";
      openssl.feed(line.getBytes(StandardCharsets.US_ASCII)).join();
      assertThat(new String(tls.read(line.length()), StandardCharsets.US_ASCII)).isEqualTo(line);
      tls.write(("answer " + i + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    tls.finish();
    assertThat(new String(openssl.output(), StandardCharsets.US_ASCII))
        .contains("answer 0\n")
        .contains("answer 1\n")
        .contains("answer 2\n");
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

  private static byte[] noise(long seed) {
    byte[] content = new byte[BULK];
    new Random(seed).nextBytes(content);
    return content;
  }
}
