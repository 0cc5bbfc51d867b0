package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Connection.State;
import dev.earshot.HandshakeException;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that does not come to the point is told so by HTTP, and then let go. */
@Tag("network")
class SlowRequestNetworkTest {
  private static final Parameters PARAMETERS =
      Parameters.webSocket()
          .localAddress(InetAddress.getLoopbackAddress())
          .handshakeTimeout(Duration.ofMillis(200))
          .build();

  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();
  private Network network;
  private int port;

  @BeforeEach
  void listen() {
    network = Network.open();
    Listener listener = network.listener(PARAMETERS);
    listener.start((from, connection) -> arrived.add(connection), Runnable::run);
    port = End.await(listener.ready()).port().orElseThrow();
  }

  @AfterEach
  void close() {
    network.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET / HT", "GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n"})
  void aRequestThatIsNotCompleteInTimeIsAnsweredWith408(String soFar) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(End.PATIENCE_SECONDS));
      socket.getOutputStream().write(soFar.getBytes(StandardCharsets.US_ASCII));
      Connection connection = arrived.poll(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
      connection.start(); // from now on the time is counted
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 408 Request Timeout\r\n").contains("close");
      StateWait.until(() -> connection.state() instanceof State.Failed);
      assertThat(((State.Failed) connection.state()).cause())
          .isInstanceOfSatisfying(
              HandshakeException.class,
              e -> assertThat(e.reason()).isEqualTo(HandshakeException.Reason.TIMED_OUT));
    }
  }
}
