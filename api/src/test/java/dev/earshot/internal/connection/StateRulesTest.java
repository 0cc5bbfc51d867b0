package dev.earshot.internal.connection;

import static dev.earshot.internal.connection.Neighbours.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.Connection.State;
import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.UnreachableException;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.testing.LinkFault;
import dev.earshot.testing.MemoryWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The state rules of a connection, each by its sentence. */
class StateRulesTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final Neighbours neighbours = new Neighbours();

  @Test
  void startOnceElseIllegalStateException() {
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    connection.start();
    assertThatThrownBy(connection::start).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> connection.start(neighbours.handler, neighbours.queue))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("10.0.0.2:4242");
  }

  @Test
  void setupThenPreparingThenReady() {
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    assertThat(connection.state()).isEqualTo(new State.Setup());
    neighbours.listen(WEB_SOCKET).start(connection);
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Ready");
    assertThat(neighbours.thereHandler.stateNames()).containsExactly("Preparing", "Ready");
    assertThat(connection.ready()).isNotDone(); // never inside the call
    assertThat(neighbours.time.await(connection.ready())).isSameAs(connection);
    neighbours.verifyRules();
  }

  @Test
  void preparingThenWaitingWithTheReason() {
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Waiting");
    NetworkException reason = ((State.Waiting) connection.state()).reason();
    assertThat(reason)
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("10.0.0.2:4242")
        .hasMessageContaining("refused");
    assertThat(connection.ready()).isNotDone();
  }

  @Test
  void preparingThenFailedWhenTheHandshakeFails() {
    neighbours.listen(WEB_SOCKET);
    neighbours.wire.plan(LinkFault.WRONG_KEY);
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Failed");
    NetworkException cause = ((State.Failed) connection.state()).cause();
    assertThat(((HandshakeException) cause).reason())
        .isEqualTo(HandshakeException.Reason.WRONG_KEY);
    CompletableFuture<Connection> ready = connection.ready();
    neighbours.passing(SHORT);
    assertThat(failure(ready)).isSameAs(cause);
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void waitingThenPreparingByRestart() {
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Waiting");
    neighbours.listen(WEB_SOCKET);
    connection.restart();
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames())
        .containsExactly("Preparing", "Waiting", "Preparing", "Ready");
  }

  @Test
  void waitingThenPreparingByItselfAfterPausesThatGrow() {
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(Duration.ofSeconds(1 + 2 + 4).plus(SHORT));
    assertThat(neighbours.handler.stateNames())
        .containsExactly(
            "Preparing",
            "Waiting",
            "Preparing",
            "Waiting",
            "Preparing",
            "Waiting",
            "Preparing",
            "Waiting");
    connection.restart();
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.states()).hasSize(10);
    neighbours.listen(WEB_SOCKET);
    neighbours.passing(Duration.ofSeconds(1));
    assertThat(connection.state()).as("short again after a restart").isEqualTo(new State.Ready());
  }

  @Test
  void pausesAreHalfAMinuteAtMostAndEndWithTheConnection() {
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(Duration.ofMinutes(10));
    int before = neighbours.handler.states().size();
    neighbours.passing(Duration.ofMinutes(5));
    assertThat(neighbours.handler.states()).hasSizeBetween(before + 18, before + 20);
    connection.cancel();
    neighbours.passing(SHORT);
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void linksThatAreAsTheyWereAreNoReasonToTryAgain() {
    LinkState link = up(MemoryWire.LINK, Neighbours.HERE);
    neighbours.here.links(link);
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    connection.linksChanged(List.of(link));
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Waiting");
  }

  @Test
  void waitingThenPreparingByALinkChange() {
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    neighbours.listen(WEB_SOCKET);
    connection.linksChanged(List.of(up(MemoryWire.LINK, Neighbours.HERE)));
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames())
        .containsExactly("Preparing", "Waiting", "Preparing", "Ready");
  }

  @Test
  void restartDoesNothingUnlessWaiting() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.restart();
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Ready");
  }

  private LiveConnection patient() {
    neighbours.here.links(up(MemoryWire.LINK, Neighbours.HERE));
    return neighbours.connected(
        WEB_SOCKET.toBuilder().viabilityPatience(Duration.ofSeconds(5)).build());
  }

  @Test
  void aLossOfViabilityShorterThanThePatienceIsNotTold() {
    LiveConnection connection = patient();
    connection.linksChanged(List.of());
    neighbours.passing(Duration.ofMillis(4_999));
    connection.linksChanged(List.of(up(MemoryWire.LINK, Neighbours.HERE)));
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(neighbours.handler.viabilities()).isEmpty();
  }

  @Test
  void aLossOfViabilityThatLastsIsToldOnceAndItsEndAtOnce() {
    LiveConnection connection = patient();
    connection.linksChanged(List.of());
    neighbours.passing(Duration.ofMillis(4_999));
    assertThat(neighbours.handler.viabilities()).isEmpty();
    neighbours.passing(Duration.ofMillis(1));
    assertThat(neighbours.handler.viabilities()).containsExactly(false);
    connection.linksChanged(List.of(up(MemoryWire.LINK, Neighbours.HERE)));
    neighbours.passing(Duration.ofMillis(1));
    assertThat(neighbours.handler.viabilities()).containsExactly(false, true);
  }

  @Test
  void aConnectionThatHasEndedTellsOfNoLoss() {
    LiveConnection connection = patient();
    connection.linksChanged(List.of());
    neighbours.passing(SHORT);
    connection.forceCancel();
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(neighbours.handler.viabilities()).isEmpty();
    assertThat(neighbours.handler.stateNames()).endsWith("Cancelled");
  }

  @Test
  void losingViabilityDoesNotLeaveReady() {
    neighbours.here.links(up(MemoryWire.LINK, Neighbours.HERE));
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.linksChanged(List.of());
    neighbours.passing(LONG);
    assertThat(neighbours.handler.viabilities()).containsExactly(false);
    assertThat(connection.state()).isEqualTo(new State.Ready());
    assertThat(connection.currentPath().orElseThrow().status())
        .isEqualTo(NetworkPath.Status.UNSATISFIED);
    connection.linksChanged(List.of(up(MemoryWire.LINK, Neighbours.HERE)));
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.viabilities()).containsExactly(false, true);
    assertThat(neighbours.handler.paths())
        .extracting(NetworkPath::status)
        .containsExactly(
            NetworkPath.Status.SATISFIED,
            NetworkPath.Status.UNSATISFIED,
            NetworkPath.Status.SATISFIED);
    connection.trySend(Payload.utf8("still here"));
    assertThat(neighbours.time.await(neighbours.other().receiveMessage()).content())
        .isEqualTo(Payload.utf8("still here"));
  }

  @ParameterizedTest
  @EnumSource(LinkFault.class)
  void failedAtMostOnceCancelledAtMostOnceAndAlwaysLastThenSilence(LinkFault fault) {
    neighbours.listen(WEB_SOCKET);
    neighbours.wire.plan(fault);
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(LONG);
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ends.add(connection.cancel());
      connection.forceCancel();
      connection.restart();
      neighbours.accepted.forEach(LiveConnection::cancel);
    }
    neighbours.passing(LONG);
    assertThat(ends).allSatisfy(end -> assertThat(end).isCompleted());
    connection.linksChanged(List.of());
    connection.restart();
    neighbours.passing(LONG);
    List<String> names = neighbours.handler.stateNames();
    assertThat(names).filteredOn("Failed"::equals).hasSizeLessThanOrEqualTo(1);
    assertThat(names).filteredOn("Cancelled"::equals).hasSize(1);
    assertThat(names).endsWith("Cancelled");
    assertThat(connection.state()).isEqualTo(new State.Cancelled());
    neighbours.verifyNothingIsHeld();
  }

  @ParameterizedTest
  @EnumSource(LinkFault.class)
  void everyOutstandingSendAndReceiveCompletesWhateverHappens(LinkFault fault) {
    Parameters small = Parameters.webSocket().sendBudget(1_000).sendLimit(20_000).build();
    neighbours.wire.capacity(2_000);
    neighbours.listen(small);
    neighbours.wire.plan(fault);
    List<CompletableFuture<?>> outstanding = new ArrayList<>();
    LiveConnection connection = neighbours.connection(small);
    outstanding.addAll(operations(connection));
    neighbours.start(connection);
    outstanding.addAll(operations(connection));
    neighbours.passing(LONG);
    outstanding.addAll(operations(connection));
    for (LiveConnection accepted : neighbours.accepted) {
      outstanding.addAll(operations(accepted));
    }
    neighbours.passing(SHORT);
    connection.cancel();
    neighbours.accepted.forEach(LiveConnection::cancel);
    outstanding.addAll(operations(connection));
    neighbours.passing(LONG);
    outstanding.addAll(operations(connection));
    neighbours.passing(SHORT);
    assertThat(outstanding).allSatisfy(future -> assertThat(future).isDone());
    neighbours.verifyNothingIsHeld();
  }

  @ParameterizedTest
  @EnumSource(LinkFault.class)
  void everyOutstandingOperationCompletesWhenItIsForceCancelled(LinkFault fault) {
    Parameters small = Parameters.tcp().sendBudget(1_000).build();
    neighbours.listen(small);
    neighbours.wire.plan(fault);
    LiveConnection connection = neighbours.start(neighbours.connection(small));
    List<CompletableFuture<?>> outstanding = operations(connection);
    neighbours.passing(SHORT);
    connection.forceCancel();
    neighbours.passing(SHORT);
    assertThat(outstanding).allSatisfy(future -> assertThat(future).isDone());
    neighbours.accepted.forEach(LiveConnection::forceCancel);
    neighbours.passing(LONG);
    neighbours.verifyNothingIsHeld();
  }

  private static List<CompletableFuture<?>> operations(LiveConnection connection) {
    List<CompletableFuture<?>> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.add(connection.send(Payload.wrap(new byte[500])));
      made.add(connection.receiveMessage());
      made.add(connection.receive(400, 450));
    }
    made.add(connection.send(Payload.wrap(new byte[100_000]), SendOptions.TEXT));
    return made;
  }

  @Test
  void aHandleNeverStartedOwnsNothing() {
    neighbours.listen(WEB_SOCKET);
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    connection.send(Payload.utf8("never sent"));
    CompletableFuture<Received> read = connection.receiveMessage();
    neighbours.passing(LONG);
    assertThat(neighbours.accepted).isEmpty();
    neighbours.verifyNothingIsHeld();
    CompletableFuture<Void> cancelled = connection.cancel();
    neighbours.passing(SHORT);
    assertThat(cancelled).isCompleted();
    assertThat(failure(read)).isInstanceOf(CancelledException.class);
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void whatWasCancelledIsNotStarted() {
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    connection.cancel();
    assertThatThrownBy(() -> neighbours.start(connection))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was started, or cancelled, before");
    neighbours.passing(LONG);
    assertThat(neighbours.handler.states()).isEmpty();
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void nothingStartsOnceTheNetworkIsClosed() {
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    neighbours.here.close();
    assertThatThrownBy(connection::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private static LinkState up(NetworkLink link, String address) {
    return new LinkState(link, List.of(MemoryWire.address(address)), true, true, false);
  }
}
