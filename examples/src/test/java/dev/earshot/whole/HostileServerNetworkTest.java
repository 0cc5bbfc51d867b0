package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Received;
import dev.earshot.Security;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a connecting side says of peers that do what no peer should, and of wrong keys. */
@Tag("network")
class HostileServerNetworkTest {
  @Test
  void rubbishInAnswerToARequestIsNamed() throws Exception {
    assertThat(refusal(Parameters.webSocket(), peer -> peer.send("SSH-2.0-x\r\n\r\n")))
        .isEqualTo(Reason.PROTOCOL_ERROR);
  }

  @Test
  void anHttpServerThatIsNoWebSocketIsNamed() throws Exception {
    assertThat(
            refusal(
                Parameters.webSocket(),
                peer -> peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")))
        .isEqualTo(Reason.UPGRADE_REFUSED);
  }

  @Test
  void aSilentPeerIsGivenUpInTime() throws Exception {
    assertThat(
            refusal(
                Parameters.webSocket().handshakeTimeout(Duration.ofMillis(500)),
                peer -> peer.send("HTTP/1.1 101 Switching")))
        .isEqualTo(Reason.TIMED_OUT);
  }

  @Test
  void aPlaintextServerIsNamedByATlsClient() throws Exception {
    assertThat(refusal(secured(PreSharedKey.random("den")), peer -> peer.send("220 hello\r\n")))
        .isEqualTo(Reason.PLAINTEXT_PEER);
  }

  @Test
  void aPeerThatEndsWithinTheHandshakeIsNamed() throws Exception {
    assertThat(refusal(secured(PreSharedKey.random("den")), HostileServerNetworkTest::listenAndEnd))
        .isEqualTo(Reason.CLOSED);
    assertThat(
            refusal(secured(PreSharedKey.random("den")), HostileServerNetworkTest::listenAndReset))
        .isEqualTo(Reason.CLOSED);
    assertThat(refusal(Parameters.webSocket(), HostileServerNetworkTest::listenAndReset))
        .isEqualTo(Reason.CLOSED);
  }

  /** One who is gone before a handshake has begun is nobody, and the connection waits for him. */
  private static void listenAndEnd(RawPeer peer) throws IOException {
    peer.awaitByte();
    peer.finish();
  }

  private static void listenAndReset(RawPeer peer) throws IOException {
    peer.awaitByte();
    peer.reset();
  }

  @Test
  void aMaskedFrameFromTheAcceptingSideIsRefused() throws Exception {
    assertThat(afterUpgrade(peer -> peer.send(RawPeer.frame(0x82, new byte[] {1}))))
        .isInstanceOf(FramingException.class);
  }

  @Test
  void anEndWithinAFrameIsALoss() throws Exception {
    assertThat(afterUpgrade(peer -> sendAndEnd(peer, new byte[] {(byte) 0x82, 5, 1})))
        .isInstanceOf(ConnectionLostException.class);
    assertThat(afterUpgrade(peer -> sendAndReset(peer, new byte[] {(byte) 0x82, 5, 1})))
        .isInstanceOf(ConnectionLostException.class);
  }

  private static void sendAndEnd(RawPeer peer, byte[] bytes) throws IOException {
    peer.send(bytes);
    peer.finish();
  }

  private static void sendAndReset(RawPeer peer, byte[] bytes) throws IOException {
    peer.send(bytes);
    peer.reset();
  }

  @Test
  void aWrongKeyIsNamedOnBothSides() {
    PreSharedKey key = PreSharedKey.random("den");
    PreSharedKey same = PreSharedKey.random("den");
    assertThat(bothSides(Security.psk(key), Security.psk(same)))
        .containsExactly(Reason.WRONG_KEY, Reason.WRONG_KEY);
  }

  @Test
  void anUnknownIdentityIsNamedOnlyWhereItIsUnknown() {
    PreSharedKey key = PreSharedKey.random("den");
    PreSharedKey other = PreSharedKey.random("attic");
    assertThat(bothSides(Security.psk(PskSource.of(key)), Security.psk(other)))
        .containsExactly(Reason.UNKNOWN_IDENTITY, Reason.WRONG_KEY);
  }

  /** Why the accepting side, then the connecting side, failed. */
  private static Reason[] bothSides(Security accepting, Security dialling) {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket().security(accepting))) {
      Parameters other = loopback.parameters().toBuilder().security(dialling).build();
      Connection one = loopback.network().connection(loopback.endpoint(), other).start();
      Connection accepted = loopback.accepted().start();
      return new Reason[] {reason(accepted), reason(one)};
    }
  }

  /** What a peer does with the socket that it has accepted. */
  private interface Behaviour {
    void on(RawPeer peer) throws IOException;
  }

  private static Reason refusal(Parameters.Builder parameters, Behaviour behaviour)
      throws IOException {
    try (Network network = Network.open();
        Silence server = new Silence()) {
      Connection connection = connect(network, server, parameters);
      try (RawPeer peer = new RawPeer(server.socket().accept())) {
        behaviour.on(peer);
        return reason(connection);
      }
    }
  }

  private static Throwable afterUpgrade(Behaviour behaviour) throws IOException {
    try (Network network = Network.open();
        Silence server = new Silence()) {
      Connection connection = connect(network, server, Parameters.webSocket());
      try (RawPeer peer = new RawPeer(server.socket().accept())) {
        peer.send(agreement(peer.head()));
        Eventually.get(connection.ready());
        CompletableFuture<Received> read = connection.receiveMessage();
        behaviour.on(peer);
        Throwable failure = Eventually.failure(read);
        requirePlainWords(failure);
        assertThat(failure).hasMessageContaining(connection.endpoint().toString());
        return failure;
      }
    }
  }

  private static Connection connect(
      Network network, Silence server, Parameters.Builder parameters) {
    return network
        .connection(
            Endpoint.hostPort("127.0.0.1", server.port()),
            parameters.requireLink(Loopback.link(network)).build())
        .start();
  }

  private static Parameters.Builder secured(PreSharedKey key) {
    return Parameters.webSocket().security(Security.psk(key));
  }

  private static Reason reason(Connection failing) {
    Throwable failure = Eventually.failure(failing.ready());
    assertThat(failure).isInstanceOf(HandshakeException.class);
    requirePlainWords(failure);
    assertThat(failure).hasMessageContaining(failing.endpoint().toString());
    return ((HandshakeException) failure).reason();
  }

  /** What is told is no business of the libraries that are used inside. */
  private static void requirePlainWords(Throwable failure) {
    assertThat(failure.getMessage())
        .doesNotContainPattern("(?i)netty|bouncycastle|native|Exception|recvAddress");
  }

  /** What a proper server answers to {@code request} (RFC 6455, section 4.2.2). */
  static String agreement(String request) {
    String key =
        Arrays.stream(request.split("\r\n"))
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElseThrow();
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest(
                  (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.US_ASCII));
      return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: "
          + Base64.getEncoder().encodeToString(digest)
          + "\r\n\r\n";
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
