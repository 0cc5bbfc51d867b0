package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Received;
import dev.earshot.Security;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The {@code openssl} command talks with a listener, and a connection with it, by hand. */
@Tag("network")
class WholeOpenSslInteropTest {
  private static final byte[] KEY = HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
  private static final List<String> PSK =
      List.of(
          "-tls1_2",
          "-cipher",
          "PSK-AES128-GCM-SHA256",
          "-psk_identity",
          "den",
          "-psk",
          HexFormat.of().formatHex(KEY));

  @BeforeAll
  static void needsTheCommand() throws Exception {
    boolean present;
    try {
      present = new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException missing) {
      present = false;
    }
    if (Boolean.getBoolean("earshot.ci")) {
      assertThat(present).as("openssl is installed").isTrue();
    }
    assumeTrue(present, "openssl is not installed");
  }

  private static Security security() {
    return Security.psk(PreSharedKey.of("den", KEY));
  }

  private static Process openssl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    command.addAll(PSK);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  @Test
  void sClientTypesAWebSocketMessage() throws Exception {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket().security(security()))) {
      Process client = openssl("s_client", "-quiet", "-connect", "127.0.0.1:" + loopback.port());
      try {
        OutputStream typed = client.getOutputStream();
        typed.write(RawPeer.request().getBytes(StandardCharsets.US_ASCII));
        typed.write(RawPeer.frame(0x81, "typed".getBytes(StandardCharsets.US_ASCII)));
        typed.flush();
        Connection accepted = loopback.accepted().start();
        Received received = Eventually.get(accepted.receiveMessage());
        assertThat(received.content().toUtf8String()).isEqualTo("typed");
        assertThat(accepted.securityMetadata()).isPresent();
        Eventually.get(accepted.send(Payload.utf8("seen")));
        String seen = readUntil(client.getInputStream(), "seen");
        assertThat(seen).startsWith("HTTP/1.1 101 ").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      } finally {
        client.destroyForcibly();
      }
    }
  }

  @Test
  void aConnectionOfBytesTalksWithSServer() throws Exception {
    int port;
    try (Silence brief = new Silence()) {
      port = brief.port();
    }
    Process server = openssl("s_server", "-quiet", "-nocert", "-accept", "127.0.0.1:" + port);
    try (Network network = Network.open()) {
      Parameters parameters =
          Parameters.tcp().security(security()).requireLink(Loopback.link(network)).build();
      Connection connection =
          network.connection(Endpoint.hostPort("127.0.0.1", port), parameters).start();
      Eventually.holds(
          "openssl listens",
          () -> {
            connection.restart();
            return connection.state() instanceof Connection.State.Ready;
          });
      Eventually.get(connection.send(Payload.utf8("from here\n")));
      assertThat(readUntil(server.getInputStream(), "from here")).contains("from here");
      server.getOutputStream().write("from there\n".getBytes(StandardCharsets.US_ASCII));
      server.getOutputStream().flush();
      Received received = Eventually.get(connection.receive(11, 100));
      assertThat(received.content().toUtf8String()).isEqualTo("from there\n");
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void theTestAnswersAWebSocketRequestThroughSServer() throws Exception {
    int port;
    try (Silence brief = new Silence()) {
      port = brief.port();
    }
    Process server = openssl("s_server", "-quiet", "-nocert", "-accept", "127.0.0.1:" + port);
    try (Network network = Network.open()) {
      Parameters parameters =
          Parameters.webSocket().security(security()).requireLink(Loopback.link(network)).build();
      Connection connection =
          network.connection(Endpoint.hostPort("127.0.0.1", port), parameters).start();
      InputStream shown = server.getInputStream();
      CompletableFuture<String> request =
          CompletableFuture.supplyAsync(() -> readUntil(shown, "\r\n\r\n"));
      Eventually.holds(
          "openssl shows a request",
          () -> {
            connection.restart(); // it may have been faster than openssl
            return request.isDone();
          });
      assertThat(request.join()).startsWith("GET / HTTP/1.1\r\n").contains("Host: 127.0.0.1:");
      OutputStream typed = server.getOutputStream();
      typed.write(answer(request.join()).getBytes(StandardCharsets.US_ASCII));
      typed.write(new byte[] {(byte) 0x81, 5, 't', 'y', 'p', 'e', 'd'});
      typed.flush();
      Received received = Eventually.get(connection.receiveMessage());
      assertThat(received.content().toUtf8String()).isEqualTo("typed");
      Eventually.get(connection.send(Payload.utf8("seen")));
      byte[] frame =
          Eventually.get(CompletableFuture.supplyAsync(() -> readBytes(shown, 2 + 4 + 4)));
      assertThat(frame).startsWith(0x82, 0x80 | 4); // binary, masked, of four bytes
      for (int i = 0; i < 4; i++) {
        assertThat(frame[6 + i] ^ frame[2 + i]).isEqualTo("seen".charAt(i));
      }
    } finally {
      server.destroyForcibly();
    }
  }

  private static String answer(String request) throws NoSuchAlgorithmException {
    Matcher key = Pattern.compile("(?i)\r\nsec-websocket-key: (\\S+)\r\n").matcher(request);
    assertThat(key.find()).as(request).isTrue();
    String secret = key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3
    byte[] digest =
        MessageDigest.getInstance("SHA-1").digest(secret.getBytes(StandardCharsets.US_ASCII));
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: "
        + Base64.getEncoder().encodeToString(digest)
        + "\r\n\r\n";
  }

  private static byte[] readBytes(InputStream in, int count) {
    try {
      return in.readNBytes(count);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Reads until {@code wanted} has come, on another thread, since a program may stay silent. */
  private static String readUntil(InputStream in, String wanted) {
    return Eventually.get(
        CompletableFuture.supplyAsync(
            () -> {
              StringBuilder text = new StringBuilder();
              try {
                while (text.indexOf(wanted) < 0) {
                  int next = in.read();
                  if (next < 0) {
                    throw new AssertionError("ended after: " + text);
                  }
                  text.append((char) next);
                }
              } catch (IOException e) {
                throw new AssertionError("after: " + text, e);
              }
              return text.toString();
            }));
  }
}
