package dev.earshot.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.RecordingListener;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkNewsTest {
  private static final int PORT = 4242;

  private final MemoryRoom room = new MemoryRoom(17);
  private final MemoryRoom.Computer here = room.computer("10.0.0.1");
  private final MemoryRoom.Computer there = room.computer("10.0.0.2");

  @BeforeEach
  void listen() {
    Parameters parameters = Parameters.webSocket().localPort(PORT).build();
    there.network().listener(parameters).start(RecordingListener.on(there.queue()), there.queue());
    room.time().runUntilIdle();
  }

  @AfterEach
  void end() {
    room.close();
    assertThat(room.time().pendingTimers()).isZero();
  }

  @Test
  void theLinksAreWatchedWhileThereIsAConnection() {
    Connection connection = dial();
    room.time().advance(Duration.ofSeconds(10));
    int looks = here.links().looks();
    assertThat(looks).isBetween(10, 13);
    connection.forceCancel();
    room.time().advance(Duration.ofMinutes(1));
    assertThat(here.links().looks()).isEqualTo(looks);
  }

  @Test
  void connectionsThatFollowEachOtherShareOneWatch() {
    int before = here.links().looks();
    for (int i = 0; i < 1_000; i++) {
      Connection each = dial();
      room.time().advance(Duration.ofMillis(5));
      each.forceCancel();
      room.time().advance(Duration.ofMillis(5));
    }
    assertThat(here.links().looks() - before).isBetween(9, 12);
  }

  @Test
  void aConnectionThatComesAfterALongPauseIsWatchedForToo() {
    dial().forceCancel();
    room.time().advance(Duration.ofMinutes(1));
    int before = here.links().looks();
    dial();
    room.time().advance(Duration.ofSeconds(5));
    assertThat(here.links().looks() - before).isBetween(5, 7);
  }

  private Connection dial() {
    Connection connection =
        here.network()
            .connection(Endpoint.hostPort("10.0.0.2", PORT), Parameters.webSocket().build());
    connection.start();
    room.time().runUntilIdle();
    return connection;
  }
}
