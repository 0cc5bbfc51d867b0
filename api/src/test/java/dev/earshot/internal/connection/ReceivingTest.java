package dev.earshot.internal.connection;

import static dev.earshot.internal.connection.Neighbours.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.FramingException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.testing.LinkFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads, from the content on the wire to the futures on the queue. */
class ReceivingTest {
  private static final Duration WHILE = Duration.ofSeconds(1);
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Parameters TCP = Parameters.tcp().build();

  private final Neighbours neighbours = new Neighbours(17);

  @Test
  void readsCompleteInTheOrderOfTheCallsOnTheQueueAndNeverInsideTheCall() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    neighbours.other().trySend(Payload.utf8("0"));
    neighbours.passing(WHILE);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      CompletableFuture<Received> read = connection.receiveMessage();
      assertThat(read).isNotDone();
      int number = i;
      read.thenAccept(
          received -> {
            assertThat(neighbours.queue.isRunningHere()).isTrue();
            order.add(number + "=" + received.content().toUtf8String());
          });
      neighbours.other().trySend(Payload.utf8(Integer.toString(i + 1)));
    }
    neighbours.passing(WHILE);
    assertThat(order).containsExactly("0=0", "1=1", "2=2", "3=3", "4=4");
  }

  @Test
  void bytesComeBetweenTheMinimumAndTheMaximum() {
    LiveConnection connection = neighbours.connected(TCP);
    List<CompletableFuture<Received>> reads = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      reads.add(connection.receive(100, 150));
    }
    for (int i = 0; i < 100; i++) {
      neighbours.other().send(Payload.wrap(new byte[15]));
    }
    neighbours.passing(WHILE);
    assertThat(reads)
        .allSatisfy(read -> assertThat(read.join().content().length()).isBetween(100, 150));
  }

  @Test
  void aMessageIsReadInPartsOfTheLengthThatWasAskedFor() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    neighbours.other().send(Payload.utf8("abcdef"), SendOptions.TEXT);
    CompletableFuture<Received> first = connection.receive(1, 4);
    CompletableFuture<Received> rest = connection.receiveMessage();
    neighbours.passing(WHILE);
    assertThat(first.join())
        .isEqualTo(new Received(Payload.utf8("abcd"), ContentMetadata.TEXT, false, false));
    assertThat(rest.join())
        .isEqualTo(new Received(Payload.utf8("ef"), ContentMetadata.TEXT, true, false));
  }

  @Test
  void aMinimumLargerThanEveryBufferIsReadAllTheSame() {
    Parameters small = Parameters.tcp().receiveBuffer(1_000).build();
    neighbours.wire.capacity(1_000);
    LiveConnection connection = neighbours.connected(small);
    CompletableFuture<Received> read = connection.receive(50_000, 50_000);
    for (int i = 0; i < 100; i++) {
      neighbours.other().send(Payload.wrap(new byte[500]));
    }
    neighbours.passing(WHILE);
    assertThat(read.join().content().length()).isEqualTo(50_000);
  }

  @Test
  void boundsThatMakeNoSenseThrowAtOnce() {
    Connection connection = neighbours.connection(TCP);
    assertThatThrownBy(() -> connection.receive(0, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
    assertThatThrownBy(() -> connection.receive(11, 10))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void contentComesBeforeTheEndAndTheEndComesForEver(boolean messages) {
    LiveConnection connection = neighbours.connected(messages ? WEB_SOCKET : TCP);
    neighbours.other().send(Payload.utf8("last"), SendOptions.FINAL);
    neighbours.passing(WHILE);
    StringBuilder text = new StringBuilder();
    Received received = neighbours.time.await(connection.receiveMessage());
    while (!received.endOfStream()) {
      text.append(received.content().toUtf8String());
      received = neighbours.time.await(connection.receiveMessage());
    }
    text.append(messages ? "" : received.content().toUtf8String());
    assertThat(text).hasToString("last");
    for (int i = 0; i < 3; i++) {
      Received end = neighbours.time.await(connection.receive(10, 20));
      assertThat(end.endOfStream()).isTrue();
      assertThat(end.content().isEmpty()).isTrue();
    }
  }

  @Test
  void contentThatHasArrivedIsReadThoughTheConnectionHasFailed() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    neighbours.other().trySend(Payload.utf8("one"));
    neighbours.other().trySend(Payload.utf8("two"));
    neighbours.passing(WHILE);
    neighbours.wire.strike(LinkFault.CORRUPT);
    neighbours.passing(WHILE);
    assertThat(connection.state()).isInstanceOf(Connection.State.Failed.class);
    assertThat(neighbours.time.await(connection.receiveMessage()).content())
        .isEqualTo(Payload.utf8("one"));
    assertThat(neighbours.time.await(connection.receiveMessage()).content())
        .isEqualTo(Payload.utf8("two"));
    CompletableFuture<Received> third = connection.receiveMessage();
    neighbours.passing(WHILE);
    assertThat(failure(third)).isInstanceOf(FramingException.class);
  }

  @Test
  void aReadThatCannotBeSatisfiedAnyMoreFailsAndLeavesTheContentToASmallerOne() {
    LiveConnection connection = neighbours.connected(TCP);
    neighbours.other().send(Payload.utf8("abc"));
    CompletableFuture<Received> much = connection.receive(100, 100);
    neighbours.passing(WHILE);
    neighbours.wire.strike(LinkFault.CUT);
    neighbours.passing(WHILE);
    assertThat(failure(much)).isInstanceOf(ConnectionLostException.class);
    CompletableFuture<Received> little = connection.receive(3, 100);
    neighbours.passing(WHILE);
    assertThat(little.join().content()).isEqualTo(Payload.utf8("abc"));
  }

  @Test
  void cancelFailsReadsAtOnceAndDropsWhatHasArrived() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    CompletableFuture<Received> early = connection.receiveMessage();
    neighbours.passing(WHILE);
    neighbours.wire.strike(LinkFault.STALL); // nobody answers the farewell
    connection.cancel();
    neighbours.passing(Duration.ofMillis(10));
    assertThat(failure(early)).isInstanceOf(CancelledException.class);
    assertThat(connection.state()).isInstanceOf(Connection.State.Ready.class);
    CompletableFuture<Received> late = connection.receiveMessage();
    neighbours.passing(Duration.ofMillis(10));
    assertThat(failure(late)).isInstanceOf(CancelledException.class);
    neighbours.passing(WHILE);
    assertThat(connection.state()).isInstanceOf(Connection.State.Cancelled.class);
  }

  @Test
  void aReadThatItsCallerCancelledLeavesItsContentToTheNext() {
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    CompletableFuture<Received> given = connection.receiveMessage();
    CompletableFuture<Received> next = connection.receiveMessage();
    given.cancel(true);
    neighbours.other().trySend(Payload.utf8("content"));
    neighbours.passing(WHILE);
    assertThat(next.join().content()).isEqualTo(Payload.utf8("content"));
  }

  @Test
  void nothingIsReadBeyondTheBufferWhileNobodyAsks() {
    Parameters small = Parameters.webSocket().receiveBuffer(10_000).sendBudget(1 << 20).build();
    neighbours.wire.capacity(10_000);
    LiveConnection connection = neighbours.connected(small);
    LiveConnection other = neighbours.other();
    int sent = 0;
    while (other.trySend(Payload.wrap(new byte[1_000]))) {
      sent++;
    }
    neighbours.passing(Duration.ofMinutes(1));
    int room = 0;
    while (other.trySend(Payload.wrap(new byte[1_000]))) {
      room++;
    }
    // The receive buffer, what the batch that filled it exceeded it by, and the wire.
    assertThat(room).as("messages that have left, of " + sent).isBetween(20, 32);
    for (int i = 0; i < sent + room; i++) {
      neighbours.time.await(connection.receiveMessage());
    }
  }

  @Test
  void aQueueThatHangsWithAReadOutstandingMakesNobodyReadWithoutEnd() {
    Parameters small = Parameters.webSocket().receiveBuffer(10_000).sendBudget(1 << 20).build();
    neighbours.wire.capacity(10_000);
    LiveConnection connection = neighbours.connected(small);
    connection.receiveMessage();
    neighbours.passing(WHILE);
    neighbours.queue.pause();
    int sent = 0;
    while (neighbours.other().trySend(Payload.wrap(new byte[1_000]))) {
      sent++;
    }
    neighbours.passing(Duration.ofMinutes(1));
    int room = 0;
    while (neighbours.other().trySend(Payload.wrap(new byte[1_000]))) {
      room++;
    }
    assertThat(room).as("messages that have left, of " + sent).isBetween(20, 34);
    neighbours.queue.resume();
  }

  @Test
  void aReadLoopOfMillionsOfStepsIsFineOnASmallStack() throws Exception {
    Throwable[] thrown = new Throwable[1];
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                readTwoMillion();
              } catch (Throwable e) {
                thrown[0] = e;
              }
            },
            "small stack",
            512 << 10);
    thread.start();
    thread.join();
    assertThat(thrown[0]).isNull();
  }

  /** Every read asks for the next from inside its own completion. */
  private void readTwoMillion() {
    int steps = 2_000_000;
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    int[] read = {0};
    Runnable[] loop = new Runnable[1];
    loop[0] =
        () ->
            connection
                .receiveMessage()
                .thenAccept(
                    received -> {
                      if (++read[0] < steps) {
                        loop[0].run();
                      }
                    });
    loop[0].run();
    Payload content = Payload.wrap(new byte[60]);
    int sent = 0;
    while (sent < steps) {
      while (sent < steps && neighbours.other().trySend(content)) {
        sent++;
      }
      neighbours.passing(Duration.ofMillis(5));
    }
    neighbours.passing(WHILE);
    assertThat(read[0]).isEqualTo(steps);
  }

  @Test
  void aLoopOfReadsAtTheEndOfTheStreamLetsOthersHaveTheQueue() {
    LiveConnection connection = neighbours.connected(TCP);
    neighbours.other().send(Payload.empty(), SendOptions.FINAL);
    int[] ends = {0};
    Runnable[] loop = new Runnable[1];
    loop[0] =
        () ->
            connection
                .receiveMessage()
                .thenAccept(
                    received -> {
                      if (++ends[0] < 100_000) {
                        loop[0].run(); // a program that never looks at endOfStream
                      }
                    });
    loop[0].run();
    neighbours.passing(WHILE);
    assertThat(ends[0]).isEqualTo(100_000);
    connection.cancel();
    neighbours.passing(WHILE);
    assertThat(connection.state()).isInstanceOf(Connection.State.Cancelled.class);
  }
}
