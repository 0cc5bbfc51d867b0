package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection;
import dev.earshot.Connection.State;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.testing.LinkFault;
import dev.earshot.testing.RecordingHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** User code: where it runs, and what it cannot break. */
class QueuesAndHandlersTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Duration SHORT = Duration.ofMillis(100);

  private final Neighbours neighbours = new Neighbours(43);

  @Test
  void whatAHandlerThrowsChangesNothing() {
    neighbours.listen(WEB_SOCKET);
    List<String> called = new ArrayList<>();
    Connection.Handler broken =
        new Connection.Handler() {
          @Override
          public void stateUpdated(Connection connection, State state) {
            called.add(state.getClass().getSimpleName());
            throw new IllegalStateException("thrown on purpose");
          }

          @Override
          public void pathUpdated(Connection connection, NetworkPath path) {
            called.add("path");
            throw new AssertionError("thrown on purpose");
          }
        };
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    connection.start(broken, neighbours.queue);
    neighbours.passing(SHORT);
    CompletableFuture<Connection> ready = connection.ready();
    connection.cancel();
    neighbours.passing(SHORT);
    assertThat(ready).isCompleted();
    assertThat(called).containsExactly("Preparing", "Ready", "path", "Cancelled");
  }

  @Test
  void thereIsNoHandlerThatIsNull() {
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    assertThatThrownBy(() -> connection.start(null, neighbours.queue))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("handler");
    assertThatThrownBy(() -> connection.start(new Connection.Handler() {}, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("queue");
    connection.start(); // the attempts above were none
  }

  @Test
  void aConnectionWithoutAHandlerWorks() {
    neighbours.listen(WEB_SOCKET);
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    CompletableFuture<Connection> ready = connection.start().ready();
    assertThat(neighbours.time.await(ready)).isSameAs(connection);
    connection.cancel();
    neighbours.passing(SHORT);
    assertThat(connection.state()).isEqualTo(new State.Cancelled());
  }

  @Test
  void anExecutorThatRefusesTasksIsReplacedAndEveryFutureCompletes() {
    neighbours.listen(WEB_SOCKET);
    boolean[] shutDown = {false};
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    RecordingHandler handler = new RecordingHandler();
    connection.start(
        handler,
        task -> {
          if (shutDown[0]) {
            throw new RejectedExecutionException("shut down");
          }
          neighbours.queue.execute(task);
        });
    neighbours.passing(SHORT);
    CompletableFuture<Received> read = connection.receiveMessage();
    neighbours.passing(SHORT);
    shutDown[0] = true;
    CompletableFuture<Void> cancelled = connection.cancel();
    neighbours.passing(Duration.ofSeconds(2));
    assertThat(read).isCompletedExceptionally();
    assertThat(cancelled).isCompleted();
    assertThat(handler.stateNames()).containsExactly("Preparing", "Ready", "Cancelled");
    assertThat(handler.violations()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anExecutorThatRunsTasksInTheCallingThreadRunsThemOnTheLoop(long seed) {
    Neighbours pair = new Neighbours(seed);
    pair.listen(WEB_SOCKET);
    LiveConnection connection = pair.connection(WEB_SOCKET);
    RecordingHandler handler = new RecordingHandler();
    connection.start(handler, Runnable::run);
    pair.passing(SHORT);
    LiveConnection other = pair.other();
    int[] echoed = {0};
    echo(other);
    count(connection, echoed);
    for (int i = 0; i < 1_000; i++) {
      boolean[] inside = {true};
      connection
          .send(Payload.utf8("x" + i))
          .thenRun(() -> assertThat(inside[0]).as("never inside the call").isFalse());
      inside[0] = false;
    }
    pair.passing(Duration.ofSeconds(5));
    assertThat(echoed[0]).isEqualTo(1_000);
    connection.cancel();
    pair.passing(Duration.ofSeconds(2));
    assertThat(handler.stateNames()).containsExactly("Preparing", "Ready", "Cancelled");
    assertThat(handler.violations()).isEmpty();
    pair.verifyNothingIsHeld();
  }

  private static void echo(LiveConnection connection) {
    connection
        .receiveMessage()
        .thenAccept(
            received -> {
              if (!received.endOfStream()) {
                connection.trySend(received.content());
                echo(connection);
              }
            });
  }

  private static void count(LiveConnection connection, int[] counter) {
    connection
        .receiveMessage()
        .thenAccept(
            received -> {
              counter[0] += received.endOfStream() ? 0 : 1;
              count(connection, counter);
            });
  }

  @ParameterizedTest
  @EnumSource(LinkFault.class)
  void aHandlerOnTheLoopMayDoAnythingAtAnyMoment(LinkFault fault) {
    neighbours.listen(WEB_SOCKET);
    neighbours.wire.plan(fault);
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    List<CompletableFuture<?>> outstanding = new ArrayList<>();
    Connection.Handler busy =
        new Connection.Handler() {
          @Override
          public void stateUpdated(Connection updated, State state) {
            updated.trySend(Payload.utf8("x"));
            outstanding.add(updated.send(Payload.utf8("y")));
            outstanding.add(updated.receiveMessage());
            outstanding.add(updated.ready());
            updated.restart();
            updated.cancelCurrentEndpoint();
            if (!(state instanceof State.Preparing)) {
              outstanding.add(updated.cancel());
            }
          }
        };
    connection.start(busy, Runnable::run);
    neighbours.passing(Duration.ofMinutes(1));
    connection.cancel();
    neighbours.accepted.forEach(LiveConnection::cancel);
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(connection.state()).isEqualTo(new State.Cancelled());
    assertThat(outstanding).allSatisfy(future -> assertThat(future).isDone());
    neighbours.verifyNothingIsHeld();
  }
}
