package dev.earshot.internal.connection;

import static dev.earshot.internal.connection.Neighbours.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.CancelledException;
import dev.earshot.ClosedByPeerException;
import dev.earshot.Connection.State;
import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.UnsupportedException;
import dev.earshot.testing.LinkFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a connection ends: in order, at once, by the peer, in the middle of things. */
class EndingTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Parameters TCP = Parameters.tcp().build();
  private static final Duration SHORT = Duration.ofMillis(100);

  private final Neighbours neighbours = new Neighbours(41);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cancelSendsWhatWasTakenAndTellsThePeer(boolean messages) {
    neighbours.wire.capacity(3_000);
    LiveConnection connection = neighbours.connected(messages ? WEB_SOCKET : TCP);
    List<CompletableFuture<Received>> reads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      reads.add(neighbours.other().receive(1_000, 1_000));
      assertThat(connection.trySend(Payload.wrap(new byte[1_000]))).isTrue();
    }
    CompletableFuture<Received> end = neighbours.other().receiveMessage();
    CompletableFuture<Void> cancelled = connection.cancel();
    assertThat(connection.trySend(Payload.utf8("late"))).isFalse();
    end.thenRun(neighbours.other()::cancel);
    neighbours.passing(Duration.ofSeconds(2));
    assertThat(reads)
        .allSatisfy(read -> assertThat(read.join().content().length()).isEqualTo(1_000));
    assertThat(end.join().endOfStream()).isTrue();
    assertThat(cancelled).isCompleted();
    assertThat(neighbours.handler.stateNames()).endsWith("Ready", "Cancelled");
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void cancelTakesASecondAtMost() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    neighbours.wire.strike(LinkFault.STALL);
    CompletableFuture<Void> first = connection.cancel();
    CompletableFuture<Void> second = connection.cancel();
    neighbours.passing(ConnectionLife.GRACE.minusMillis(1));
    assertThat(first).isNotDone();
    neighbours.passing(Duration.ofMillis(2));
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(neighbours.here.open()).isEmpty();
  }

  @Test
  void aFutureOfCancelThatIsCancelledChangesNothing() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    CompletableFuture<Void> given = connection.cancel();
    CompletableFuture<Void> kept = connection.cancel();
    given.cancel(true);
    neighbours.passing(SHORT);
    assertThat(kept).isCompleted();
  }

  @Test
  void cancelWhileItWaitsIsDoneAtOnce() {
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    CompletableFuture<?> ready = connection.ready();
    CompletableFuture<Void> sent = connection.send(Payload.wrap(new byte[2 << 20]));
    connection.close();
    neighbours.passing(Duration.ZERO);
    assertThat(connection.state()).isEqualTo(new State.Cancelled());
    assertThat(failure(ready)).isInstanceOf(CancelledException.class);
    assertThat(failure(sent)).isInstanceOf(CancelledException.class).hasMessageContaining("10.0");
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void cancelDuringTheHandshakeEndsInCancelledOnce() {
    neighbours.listen(WEB_SOCKET);
    neighbours.wire.plan(LinkFault.NEVER_ANSWER_HANDSHAKE);
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    connection.cancel();
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Cancelled");
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void forceCancelDropsWhatWasNotSentAndThePeerIsNotToldGoodbye() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    CompletableFuture<Received> read = neighbours.other().receiveMessage();
    connection.forceCancel();
    neighbours.passing(Duration.ofMillis(1));
    assertThat(connection.state()).isEqualTo(new State.Cancelled());
    neighbours.passing(SHORT);
    assertThat(failure(read)).isInstanceOf(ConnectionLostException.class);
    assertThat(((State.Failed) neighbours.other().state()).cause())
        .isInstanceOf(ConnectionLostException.class);
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void forceCancelCutsACancelShort() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    neighbours.wire.strike(LinkFault.STALL);
    CompletableFuture<Void> cancelled = connection.cancel();
    neighbours.passing(SHORT);
    connection.forceCancel();
    neighbours.passing(Duration.ofMillis(1));
    assertThat(cancelled).isCompleted();
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Ready", "Cancelled");
  }

  @Test
  void whatThePeerEndedInOrderHasFailedForThisSide() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    CompletableFuture<Received> read = connection.receiveMessage();
    neighbours.other().cancel();
    neighbours.passing(SHORT);
    assertThat(read.join().endOfStream()).isTrue();
    assertThat(((State.Failed) connection.state()).cause()).hasMessageContaining("by the peer");
    CompletableFuture<Void> late = connection.send(Payload.utf8("too late"));
    neighbours.passing(SHORT);
    assertThat(failure(late)).isInstanceOf(ClosedByPeerException.class);
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void theCodeAndTheReasonOfTheFarewellAreInTheFailure() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    ContentMetadata leaving =
        new ContentMetadata.WebSocket(ContentMetadata.Opcode.CLOSE, OptionalInt.of(1001));
    neighbours.other().send(Payload.utf8("gone to lunch"), new SendOptions(leaving, true));
    neighbours.passing(FarewellPause.LONGEST.plus(SHORT));
    ClosedByPeerException cause =
        (ClosedByPeerException) ((State.Failed) connection.state()).cause();
    assertThat(cause).hasMessageContaining("10.0.0.2:4242").hasMessageContaining("1001");
    assertThat(cause.closeCode()).hasValue(1001);
    assertThat(cause.reason()).isEqualTo("gone to lunch");
    Received read = neighbours.time.await(connection.receiveMessage());
    assertThat(read.endOfStream()).isTrue();
    assertThat(read.content()).isEqualTo(Payload.utf8("gone to lunch"));
  }

  /** Whoever sends messages and a farewell in one go gets the answers before the farewell. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAProgramAnswersBeforeItReadsTheFarewellIsSent(boolean blocking) {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    LiveConnection other = neighbours.other();
    for (int i = 0; i < 100; i++) {
      other.send(Payload.utf8("question " + i));
    }
    other.send(Payload.empty(), SendOptions.FINAL);
    if (blocking) {
      neighbours.passing(SHORT);
      for (int i = 0; i < 100; i++) { // as a thread does that waits for each
        Payload question = neighbours.time.await(connection.receiveMessage()).content();
        neighbours.time.await(connection.send(question));
      }
      connection.receiveMessage();
    } else {
      echo(connection);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(neighbours.time.await(other.receiveMessage()).content())
          .isEqualTo(Payload.utf8("question " + i));
    }
    assertThat(neighbours.time.await(other.receiveMessage()).endOfStream()).isTrue();
    neighbours.passing(SHORT);
    assertThat(((State.Failed) connection.state()).cause())
        .isInstanceOf(ClosedByPeerException.class);
    neighbours.verifyNothingIsHeld();
  }

  private static void echo(LiveConnection connection) {
    connection
        .receiveMessage()
        .thenAccept(
            received -> {
              if (!received.endOfStream()) {
                connection.send(received.content());
                echo(connection);
              }
            });
  }

  @Test
  void aProgramThatDoesNotReadTheFarewellDelaysItsAnswerByHalfASecondAtMost() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    neighbours.other().send(Payload.utf8("never read"));
    neighbours.other().cancel();
    neighbours.passing(FarewellPause.LONGEST.minusMillis(10));
    assertThat(connection.state()).isEqualTo(new State.Ready());
    neighbours.passing(SHORT);
    assertThat(connection.state()).isInstanceOf(State.Failed.class);
    neighbours.verifyNothingIsHeld();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatArrivedAfterTheFinalMessageIsReadLater(boolean messages) {
    LiveConnection connection = neighbours.connected(messages ? WEB_SOCKET : TCP);
    connection.send(Payload.utf8("GET"), SendOptions.FINAL);
    neighbours.other().send(Payload.utf8("the response"));
    neighbours.other().cancel();
    neighbours.passing(Duration.ofSeconds(5));
    Payload response = neighbours.time.await(connection.receive(12, 12)).content();
    assertThat(response).isEqualTo(Payload.utf8("the response"));
    for (int i = 0; i < 3; i++) {
      assertThat(neighbours.time.await(connection.receiveMessage()).endOfStream()).isTrue();
    }
    assertThat(connection.state()).isEqualTo(new State.Cancelled());
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void aStreamThatBothSidesFinishedIsOverByTheirOwnWish() {
    LiveConnection connection = neighbours.connected(TCP);
    LiveConnection other = neighbours.other();
    connection.send(Payload.utf8("question"), SendOptions.FINAL);
    neighbours.passing(SHORT);
    assertThat(neighbours.time.await(other.receive(8, 8)).content())
        .isEqualTo(Payload.utf8("question"));
    assertThat(neighbours.time.await(other.receiveMessage()).endOfStream()).isTrue();
    assertThat(other.state()).as("this side may go on sending").isEqualTo(new State.Ready());
    other.send(Payload.utf8("answer"), SendOptions.FINAL);
    assertThat(neighbours.time.await(connection.receive(6, 6)).content())
        .isEqualTo(Payload.utf8("answer"));
    assertThat(neighbours.time.await(connection.receiveMessage()).endOfStream()).isTrue();
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames()).endsWith("Ready", "Cancelled");
    assertThat(neighbours.thereHandler.stateNames()).endsWith("Ready", "Cancelled");
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void theHandlerHearsOfTheLastStateBeforeFuturesThatFollowFromIt() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    List<String> seen = new ArrayList<>();
    connection
        .receiveMessage()
        .whenComplete((r, e) -> seen.add("read after " + neighbours.handler.stateNames()));
    neighbours.wire.strike(LinkFault.CUT);
    neighbours.passing(SHORT);
    connection.cancel().thenRun(() -> seen.add("cancel after " + neighbours.handler.stateNames()));
    neighbours.passing(SHORT);
    assertThat(seen)
        .containsExactly(
            "read after [Preparing, Ready, Failed]",
            "cancel after [Preparing, Ready, Failed, Cancelled]");
  }

  /** However the two cross: the peer's farewell was first, and the program has not heard of it. */
  @Test
  void aProgramThatReadsTheEndAndCancelsIsToldOfCancelledOnly() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    CompletableFuture<Received> end = connection.receiveMessage();
    end.thenRun(connection::cancel);
    neighbours.queue.pause();
    neighbours.other().cancel();
    neighbours.passing(FarewellPause.LONGEST.plus(SHORT));
    assertThat(connection.state()).isInstanceOf(State.Failed.class);
    neighbours.queue.resume();
    neighbours.passing(SHORT);
    assertThat(end.join().endOfStream()).isTrue();
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Ready", "Cancelled");
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void aFailureThatComesAfterCancelWasCalledIsNotTold() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    neighbours.queue.pause();
    neighbours.wire.strike(LinkFault.CUT);
    neighbours.passing(SHORT);
    CompletableFuture<Void> cancelled = connection.cancel();
    neighbours.queue.resume();
    neighbours.passing(SHORT);
    assertThat(cancelled).isCompleted();
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Ready", "Cancelled");
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void controlFramesThatCannotBeCarriedAreRefused() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    SendOptions close =
        new SendOptions(
            new ContentMetadata.WebSocket(ContentMetadata.Opcode.CLOSE, OptionalInt.of(1000)),
            true);
    SendOptions ping =
        new SendOptions(
            new ContentMetadata.WebSocket(ContentMetadata.Opcode.PING, OptionalInt.empty()), false);
    assertRefused(connection, new byte[126], ping, "125");
    assertRefused(connection, new byte[124], close, "123");
    assertRefused(connection, new byte[0], closing(OptionalInt.of(1005)), "1005");
    assertRefused(connection, new byte[0], closing(OptionalInt.of(2999)), "2999");
    assertRefused(connection, new byte[1], closing(OptionalInt.empty()), "needs a close code");
    assertRefused(connection, new byte[] {(byte) 0xC0}, close, "UTF-8");
    assertRefused(connection, new byte[] {(byte) 0xFF}, SendOptions.TEXT, "UTF-8");
    CompletableFuture<Void> fits = connection.send(Payload.wrap(new byte[125]), ping);
    neighbours.passing(SHORT);
    assertThat(fits).isCompleted();
    assertThat(connection.state()).isEqualTo(new State.Ready());
  }

  private static SendOptions closing(OptionalInt code) {
    return new SendOptions(
        new ContentMetadata.WebSocket(ContentMetadata.Opcode.CLOSE, code), false);
  }

  private static void assertRefused(
      LiveConnection connection, byte[] content, SendOptions options, String why) {
    assertThatThrownBy(() -> connection.send(Payload.wrap(content), options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
    assertThatThrownBy(() -> connection.sendIdempotent(Payload.wrap(content), options))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothingIsNoContent() {
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    assertThatThrownBy(() -> connection.send(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("content");
    assertThatThrownBy(() -> connection.send(Payload.empty(), null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("options");
    assertThatThrownBy(() -> connection.trySend(null)).hasMessage("content");
  }

  @Test
  void nothingIsSentAfterACloseFrame() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    connection.send(Payload.empty(), closing(OptionalInt.of(1001)));
    CompletableFuture<Void> late = connection.send(Payload.utf8("late"));
    neighbours.passing(SHORT);
    assertThat(failure(late)).isInstanceOf(UnsupportedException.class);
    assertThat(neighbours.time.await(neighbours.other().receiveMessage()).endOfStream()).isTrue();
  }
}
