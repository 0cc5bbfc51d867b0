package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ClosedByPeerException;
import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.net.InetAddress;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which close code a WebSocket says when its network is closed (RFC 6455, section 7.4.1). */
@Tag("network")
class GoingAwayNetworkTest {
  private static final int NORMAL = 1000;
  private static final int GOING_AWAY = 1001;
  private static final int OWN = 4_001;
  private static final Parameters PARAMETERS =
      Parameters.webSocket().localAddress(InetAddress.getLoopbackAddress()).build();

  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();
  private Network accepting;
  private Network connecting;
  private Connection there;
  private Connection here;

  @BeforeEach
  void connect() throws InterruptedException {
    accepting = Network.open();
    connecting = Network.open();
    Listener listener = accepting.listener(PARAMETERS);
    listener.start((from, connection) -> arrived.add(connection.start()), Runnable::run);
    int port = End.await(listener.ready()).port().orElseThrow();
    here = connecting.connection(Endpoint.hostPort("127.0.0.1", port), PARAMETERS).start();
    End.await(here.ready());
    there = arrived.poll(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
    End.await(there.ready());
  }

  @AfterEach
  void close() {
    connecting.close();
    accepting.close();
  }

  /** The code that {@code connection} is told, by a read and by its state. */
  private static int codeToldTo(Connection connection) {
    Received end = End.await(connection.receiveMessage());
    assertThat(end.endOfStream()).isTrue();
    StateWait.until(() -> connection.state() instanceof Connection.State.Failed);
    ClosedByPeerException cause =
        (ClosedByPeerException) ((Connection.State.Failed) connection.state()).cause();
    assertThat(end.metadata())
        .isEqualTo(new ContentMetadata.WebSocket(ContentMetadata.Opcode.CLOSE, cause.closeCode()));
    return cause.closeCode().orElseThrow();
  }

  @Test
  void anAcceptingSideWhoseNetworkIsClosedGoesAway() {
    accepting.close();
    assertThat(codeToldTo(here)).isEqualTo(GOING_AWAY);
  }

  @Test
  void aConnectingSideWhoseNetworkIsClosedGoesAway() {
    connecting.close();
    assertThat(codeToldTo(there)).isEqualTo(GOING_AWAY);
  }

  @Test
  void whatWasSentBeforeArrivesBeforeThat() {
    there.send(Payload.utf8("last words"));
    accepting.close();
    assertThat(End.await(here.receiveMessage()).content()).isEqualTo(Payload.utf8("last words"));
    assertThat(codeToldTo(here)).isEqualTo(GOING_AWAY);
  }

  @Test
  void aCloseOfTheProgramsOwnStands() {
    ContentMetadata own =
        new ContentMetadata.WebSocket(ContentMetadata.Opcode.CLOSE, OptionalInt.of(OWN));
    there.send(Payload.empty(), new SendOptions(own, true));
    accepting.close();
    assertThat(codeToldTo(here)).isEqualTo(OWN);
  }

  @Test
  void aConnectionThatWasCancelledBeforeEndsNormally() {
    there.cancel();
    accepting.close();
    assertThat(codeToldTo(here)).isEqualTo(NORMAL);
  }
}
