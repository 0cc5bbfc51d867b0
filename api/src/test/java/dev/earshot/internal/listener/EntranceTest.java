package dev.earshot.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.LinkType;
import dev.earshot.Listener;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.testing.LinkFault;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.RecordingHandler;
import dev.earshot.testing.RecordingListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is let in, and how those who are are handed over. */
class EntranceTest {
  private static final int PORT = 4242;
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 7, LinkType.WIFI);

  private final MemoryRoom room = new MemoryRoom(13);
  private final MemoryRoom.Computer here = room.computer("10.0.0.1");
  private final MemoryRoom.Computer there = room.computer("10.0.0.2");
  private final RecordingListener handler = RecordingListener.on(here.queue());
  private final List<Connection> dialled = new ArrayList<>();

  @AfterEach
  void end() {
    room.close();
    assertThat(handler.violations()).isEmpty();
    assertThat(room.wire().open()).isEmpty();
    assertThat(room.time().pendingTimers()).isZero();
  }

  @Test
  void connectionsAreHandedOverUnstarted() {
    listen(Parameters.webSocket().localPort(PORT));
    dial(there);
    room.pass();
    assertThat(handler.connections()).hasSize(1);
    Connection connection = handler.connections().get(0);
    assertThat(connection.state()).isEqualTo(new Connection.State.Setup());
    assertThat(dialled.get(0).state()).isEqualTo(new Connection.State.Preparing());
    RecordingHandler started = RecordingHandler.on(here.queue());
    connection.start(started, here.queue());
    room.pass();
    assertThat(started.stateNames()).containsExactly("Preparing", "Ready");
    assertThat(dialled.get(0).state()).isEqualTo(new Connection.State.Ready());
    assertThat(connection.endpoint().toString()).startsWith("10.0.0.2:");
    assertThat(connection.parameters().localPort()).isEqualTo(PORT);
  }

  @Test
  void whatIsSaidOnEitherSideArrivesOnTheOther() {
    handler.receiving(Connection::start);
    listen(Parameters.webSocket().localPort(PORT));
    Connection from = dial(there);
    room.await(from.ready());
    from.send(Payload.utf8("hello"));
    Connection to = handler.connections().get(0);
    assertThat(room.await(to.receiveMessage()).content()).isEqualTo(Payload.utf8("hello"));
    to.send(Payload.utf8("hi"));
    assertThat(room.await(from.receiveMessage()).content()).isEqualTo(Payload.utf8("hi"));
  }

  @Test
  void aForgottenStartIsClosedAfterTenSeconds() {
    listen(Parameters.webSocket().localPort(PORT));
    dial(there);
    room.time().advance(Duration.ofSeconds(9));
    assertThat(handler.connections().get(0).state()).isEqualTo(new Connection.State.Setup());
    room.time().advance(Duration.ofSeconds(2));
    assertThat(handler.connections().get(0).state()).isInstanceOf(Connection.State.Failed.class);
    assertThat(room.wire().open()).containsExactly("port of computer at [/10.0.0.1]");
  }

  @Test
  void aHandlerThatThrowsLosesTheConnectionAndNothingElse() {
    listen(Parameters.webSocket().localPort(PORT));
    room.pass();
    handler.throwing();
    dial(there);
    room.pass();
    assertThat(handler.connections()).hasSize(1);
    assertThat(handler.connections().get(0).state()).isEqualTo(new Connection.State.Cancelled());
    dial(there);
    room.pass();
    assertThat(handler.connections()).hasSize(2);
  }

  @Test
  void theConnectionsItHandedOverLiveOn() {
    handler.receiving(Connection::start);
    Listener listener = listen(Parameters.webSocket().localPort(PORT));
    Connection from = dial(there);
    room.await(from.ready());
    room.await(listener.cancel());
    room.pass();
    from.send(Payload.utf8("still there?"));
    Connection to = handler.connections().get(0);
    assertThat(room.await(to.receiveMessage()).content().toUtf8String()).isEqualTo("still there?");
  }

  @Test
  void aLimitLetsSoManyInAndKeepsTheOthersWaiting() {
    handler.receiving(Connection::start);
    Listener listener = here.network().listener(Parameters.webSocket().localPort(PORT).build());
    listener.newConnectionLimit(2).start(handler, here.queue());
    room.pass();
    for (int i = 0; i < 5; i++) {
      dial(there);
    }
    room.pass();
    assertThat(handler.connections()).hasSize(2);
    listener.newConnectionLimit(1);
    room.pass();
    assertThat(handler.connections()).hasSize(3);
    listener.newConnectionLimit(0);
    dial(there);
    room.pass();
    assertThat(handler.connections()).hasSize(3);
    listener.newConnectionLimit(10);
    room.pass();
    assertThat(handler.connections()).hasSize(6);
  }

  @Test
  void oneAddressCannotKeepTheOthersOut() {
    MemoryRoom.Computer third = room.computer("10.0.0.3");
    LiveListener listener = listen(Parameters.tcp().localPort(PORT).maximumHandshakes(64, 8));
    for (int i = 0; i < 100; i++) {
      dial(there, Parameters.tcp().build());
    }
    room.pass();
    assertThat(handler.connections()).hasSize(8);
    dial(third, Parameters.tcp().build());
    room.pass();
    assertThat(handler.connections()).hasSize(9);
    assertThat(refused(listener)).isGreaterThanOrEqualTo(92);
  }

  @Test
  void thereIsATotalAndWhoeverIsReadyMakesRoom() {
    LiveListener listener = listen(Parameters.tcp().localPort(PORT).maximumHandshakes(3, 3));
    for (int i = 0; i < 3; i++) {
      dial(room.computer("10.0.1." + i), Parameters.tcp().build());
    }
    room.pass();
    Connection late = dial(there, Parameters.tcp().build());
    room.pass();
    assertThat(handler.connections()).hasSize(3);
    assertThat(refused(listener)).isEqualTo(1);
    assertThat(late.state()).isNotEqualTo(new Connection.State.Setup());
    handler.connections().get(0).start();
    handler.connections().get(1).forceCancel();
    room.pass();
    dial(there, Parameters.tcp().build());
    dial(there, Parameters.tcp().build());
    room.pass();
    assertThat(handler.connections()).hasSize(5);
  }

  @Test
  void aHandshakeThatFailsOrIsNeverFinishedMakesRoomInTheEnd() {
    handler.receiving(Connection::start);
    Security ours = Security.psk(PreSharedKey.random("id"));
    Security theirs = Security.psk(PreSharedKey.random("id"));
    LiveListener listener =
        listen(Parameters.webSocket().localPort(PORT).security(ours).maximumHandshakes(2, 2));
    for (int round = 0; round < 5; round++) {
      room.wire().plan(LinkFault.NEVER_ANSWER_HANDSHAKE);
      Connection silent = dial(there, Parameters.webSocket().security(ours).build());
      room.time().runUntilIdle(); // the next dial must not take the fault
      Connection wrong = dial(there, Parameters.webSocket().security(theirs).build());
      room.time().advance(Duration.ofSeconds(12));
      assertThat(silent.state()).isInstanceOf(Connection.State.Failed.class);
      assertThat(((Connection.State.Failed) wrong.state()).cause())
          .isInstanceOf(HandshakeException.class);
    }
    assertThat(handler.connections()).hasSize(10);
    assertThat(refused(listener)).isZero();
  }

  @Test
  void aSlowProgramHasNoMoreThanTheLimitInItsQueue() {
    LiveListener listener = listen(Parameters.tcp().localPort(PORT).maximumHandshakes(5, 5));
    room.pass();
    here.queue().pause();
    for (int i = 0; i < 50; i++) {
      dial(there, Parameters.tcp().build());
    }
    room.pass();
    assertThat(refused(listener)).isEqualTo(45);
    here.queue().resume();
    room.pass();
    assertThat(handler.connections()).hasSize(5);
  }

  @Test
  void nobodyComesInOverAProhibitedKindOfLink() {
    here.transport().addLink(WIFI, "10.1.0.1");
    here.links().put(WIFI, "10.1.0.1");
    there.transport().addLink(WIFI, "10.1.0.2");
    handler.receiving(Connection::start);
    LiveListener listener = listen(Parameters.tcp().localPort(PORT).prohibitLinks(LinkType.WIFI));
    room.pass();
    Connection wired = dial(there, Parameters.tcp().build());
    Connection wireless =
        there.network().connection(Endpoint.hostPort("10.1.0.1", PORT), Parameters.tcp().build());
    wireless.start();
    room.pass();
    assertThat(wired.state()).isEqualTo(new Connection.State.Ready());
    assertThat(handler.connections()).hasSize(1);
    assertThat(refused(listener)).isGreaterThanOrEqualTo(1);
  }

  @Test
  void closingTheNetworkEndsEverythingAlsoWhatIsOnItsWayToTheHandler() {
    listen(Parameters.tcp().localPort(PORT));
    room.pass();
    here.queue().pause();
    dial(there, Parameters.tcp().build());
    room.pass();
    here.close();
    here.queue().resume();
    room.pass();
    assertThat(handler.stateNames()).containsExactly("Ready", "Cancelled");
    assertThat(handler.connections()).hasSize(1);
    assertThat(handler.connections().get(0).state()).isEqualTo(new Connection.State.Cancelled());
  }

  @Test
  void somebodyWhoCannotBeNamedIsRefusedAndKeepsNobodyOut() {
    LiveListener listener = listen(Parameters.tcp().localPort(PORT).maximumHandshakes(1, 1));
    room.pass();
    for (int i = 0; i < 3; i++) {
      // The system accepts a connection from port 0, which no program could make.
      there.transport().nextLocalPort(0);
      dial(there, Parameters.tcp().build());
      room.pass();
    }
    assertThat(handler.connections()).isEmpty();
    assertThat(refused(listener)).isEqualTo(3);
    dial(there, Parameters.tcp().build());
    room.pass();
    assertThat(handler.connections()).hasSize(1);
  }

  private LiveListener listen(Parameters.Builder parameters) {
    LiveListener listener = (LiveListener) here.network().listener(parameters.build());
    listener.start(handler, here.queue());
    room.time().runUntilIdle();
    return listener;
  }

  private Connection dial(MemoryRoom.Computer from) {
    return dial(from, Parameters.webSocket().build());
  }

  private Connection dial(MemoryRoom.Computer from, Parameters parameters) {
    Connection connection =
        from.network().connection(Endpoint.hostPort("10.0.0.1", PORT), parameters);
    connection.start();
    dialled.add(connection);
    return connection;
  }

  private long refused(LiveListener listener) {
    long[] count = new long[1];
    listener.loop().execute(() -> count[0] = listener.refused());
    room.time().runUntilIdle();
    return count[0];
  }
}
