package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.UdpOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * DTLS 1.2 with OpenSSL and GnuTLS on the other end, in both roles. Every test has a fresh process:
 * OpenSSL's server hangs after a handshake that was given up.
 */
@Tag("network")
class DtlsInteropTest {
  private static final String HEX =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  private static final PreSharedKey KEY = PreSharedKey.of("den", bytes(HEX));

  @TempDir Path directory;

  private Network network;
  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  @BeforeEach
  void open() {
    network = Network.open();
  }

  @AfterEach
  void close() {
    network.close();
  }

  private static Parameters dtls() {
    return Parameters.udp().security(Security.psk(KEY)).build();
  }

  private static Parameters small() {
    UdpOptions options = UdpOptions.builder().maximumDatagramSize(1_200).build();
    return Parameters.udp(options).security(Security.psk(KEY)).build();
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private int listen(Parameters parameters) {
    Listener listener =
        network.listener(
            parameters.toBuilder().localAddress(InetAddress.getLoopbackAddress()).build());
    listener.start(
        (from, connection) -> {
          connection.start();
          arrived.add(connection);
        },
        Runnable::run);
    return await(listener.ready()).port().orElseThrow();
  }

  private Connection arrival() throws InterruptedException {
    Connection connection = arrived.poll(20, TimeUnit.SECONDS);
    assertThat(connection).as("a connection").isNotNull();
    return await(connection.ready());
  }

  private static void assertSuite(Connection connection, String suite) {
    assertThat(connection.securityMetadata().orElseThrow().protocol()).isEqualTo("DTLSv1.2");
    assertThat(connection.securityMetadata().orElseThrow().cipherSuite()).isEqualTo(suite);
  }

  private static void assertTalking(Connection connection, ForeignTool tool) throws IOException {
    tool.type("from the tool");
    assertThat(await(connection.receiveMessage()).content().toUtf8String())
        .isEqualTo("from the tool\n");
    await(connection.send(Payload.utf8("from earshot\n")));
    tool.awaitOutput("from earshot");
  }

  @ParameterizedTest
  @CsvSource({
    "PSK-AES128-GCM-SHA256, TLS_PSK_WITH_AES_128_GCM_SHA256",
    "ECDHE-PSK-CHACHA20-POLY1305, TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"
  })
  void opensslClient(String theirs, String suite) throws Exception {
    ForeignTool.require("openssl");
    int port = listen(dtls());
    try (ForeignTool tool =
        ForeignTool.run(
            "openssl",
            "s_client",
            "-dtls1_2",
            "-connect",
            "127.0.0.1:" + port,
            "-psk_identity",
            "den",
            "-psk",
            HEX,
            "-cipher",
            theirs,
            "-quiet")) {
      Connection connection = arrival();
      assertSuite(connection, suite);
      assertTalking(connection, tool);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PSK-AES128-GCM-SHA256, TLS_PSK_WITH_AES_128_GCM_SHA256",
    "ECDHE-PSK-CHACHA20-POLY1305, TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"
  })
  void opensslServer(String theirs, String suite) throws Exception {
    ForeignTool.require("openssl");
    int port = ForeignTool.freePort();
    try (ForeignTool tool =
        ForeignTool.run(
            "openssl",
            "s_server",
            "-dtls1_2",
            "-listen",
            "-accept",
            "127.0.0.1:" + port,
            "-nocert",
            "-psk_identity",
            "den",
            "-psk",
            HEX,
            "-cipher",
            theirs,
            "-quiet")) {
      Connection connection = network.connection(Endpoint.hostPort("127.0.0.1", port), dtls());
      await(connection.start().ready());
      assertSuite(connection, suite);
      await(connection.send(Payload.utf8("hello\n")));
      tool.awaitOutput("hello");
      assertTalking(connection, tool);
    }
  }

  @Test
  void opensslClientWithSmallDatagrams() throws Exception {
    ForeignTool.require("openssl");
    int port = listen(small());
    try (ForeignTool tool =
        ForeignTool.run(
            "openssl",
            "s_client",
            "-dtls1_2",
            "-mtu",
            "400",
            "-connect",
            "127.0.0.1:" + port,
            "-psk_identity",
            "den",
            "-psk",
            HEX,
            "-cipher",
            "PSK",
            "-quiet")) {
      assertTalking(arrival(), tool);
    }
  }

  @Test
  void gnutlsClient() throws Exception {
    ForeignTool.require("gnutls-cli");
    int port = listen(dtls());
    try (ForeignTool tool =
        ForeignTool.run(
            "gnutls-cli",
            "--udp",
            "--pskusername",
            "den",
            "--pskkey",
            HEX,
            "--priority",
            "NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+PSK",
            "-p",
            Integer.toString(port),
            "127.0.0.1")) {
      Connection connection = arrival();
      assertSuite(connection, "TLS_PSK_WITH_AES_128_GCM_SHA256");
      assertTalking(connection, tool);
    }
  }

  @ParameterizedTest
  @CsvSource({"PSK", "ECDHE-PSK"})
  void gnutlsServer(String exchange) throws Exception {
    ForeignTool.require("gnutls-serv");
    Path keys = Files.writeString(directory.resolve("keys"), "den:" + HEX + "\n");
    int port = ForeignTool.freePort();
    try (ForeignTool tool =
        ForeignTool.run(
            "gnutls-serv",
            "--udp",
            "--echo",
            "--pskpasswd",
            keys.toString(),
            "--priority",
            "NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+" + exchange + ":+GROUP-ALL",
            "-p",
            Integer.toString(port))) {
      tool.awaitOutput("done\nUDP Echo Server listening on IPv6");
      Connection connection = network.connection(Endpoint.hostPort("127.0.0.1", port), dtls());
      await(connection.start().ready());
      assertSuite(
          connection,
          exchange.equals("PSK")
              ? "TLS_PSK_WITH_AES_128_GCM_SHA256"
              : "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256");
      connection.sendIdempotent(Payload.utf8("echo this"), SendOptions.DEFAULT);
      assertThat(await(connection.receiveMessage()).content().toUtf8String())
          .isEqualTo("echo this");
    }
  }
}
