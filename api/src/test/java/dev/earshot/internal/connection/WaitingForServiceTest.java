package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Parameters;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.RecordingHandler;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection to a service that nobody advertises yet. */
class WaitingForServiceTest {
  private static final ServiceType TYPE = ServiceType.tcp("echo");
  private static final Parameters PARAMETERS = Parameters.webSocket().build();

  private final MemoryRoom room = new MemoryRoom(3);
  private final MemoryRoom.Computer here = room.computer("10.0.0.1");
  private final MemoryRoom.Computer there = room.computer("10.0.0.2");
  private final RecordingHandler handler = RecordingHandler.on(here.queue());

  @AfterEach
  void end() {
    room.close();
    assertThat(handler.violations()).isEmpty();
  }

  @Test
  void whoIsAdvertisedWhileAConnectionWaitsIsConnectedWith() {
    Connection connection =
        here.network()
            .connection(Endpoint.bonjour("Den", TYPE), PARAMETERS)
            .start(handler, here.queue());
    room.time().advance(Duration.ofSeconds(20));
    assertThat(connection.state()).isInstanceOf(Connection.State.Waiting.class);
    room.time().advance(Duration.ofMinutes(10));
    assertThat(connection.ready()).isNotDone();

    advertise();
    // the longest pause, and a look-up
    room.time().advance(RetryPauses.LONGEST.plusSeconds(6));
    assertThat(connection.state()).isEqualTo(new Connection.State.Ready());
    assertThat(room.await(connection.ready())).isEqualTo(connection);
  }

  @Test
  void aRestartDoesNotWaitForThePause() {
    Connection connection =
        here.network()
            .connection(Endpoint.bonjour("Den", TYPE), PARAMETERS)
            .start(handler, here.queue());
    room.time().advance(Duration.ofMinutes(10));
    advertise();
    connection.restart();
    room.time().advance(Duration.ofSeconds(6));
    assertThat(connection.state()).isEqualTo(new Connection.State.Ready());
  }

  private void advertise() {
    Listener listener = there.network().listener(PARAMETERS);
    listener.advertise(Service.of("Den", TYPE));
    listener.start((itself, arrived) -> arrived.start(), there.queue());
    room.time().advance(Duration.ofMillis(500));
  }
}
