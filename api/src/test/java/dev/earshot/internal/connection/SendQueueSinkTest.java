package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.SendOptions.Priority;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import dev.earshot.testing.VirtualExecutor;
import dev.earshot.testing.VirtualLoop;
import dev.earshot.testing.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is polled for a sink is what would have been polled one by one. */
class SendQueueSinkTest {
  private static final SendOptions URGENT = SendOptions.DEFAULT.withPriority(Priority.URGENT);
  private static final SendOptions LATER = SendOptions.DEFAULT.withPriority(Priority.BACKGROUND);

  private final VirtualTime time = new VirtualTime(12);
  private final VirtualLoop loop = time.loop("loop");
  private final VirtualExecutor executor = time.executor("user");
  private final Crossing crossing = new Crossing(loop, new SerialQueue(executor, executor));
  private final List<String> wakeUps = new ArrayList<>();
  private final SendQueue queue =
      new SendQueue(
          crossing,
          Parameters.tcp().build(),
          Endpoint.hostPort("den", 1),
          () -> wakeUps.add("wake up"));
  private final List<String> taken = new ArrayList<>();

  @Test
  void everythingIsTakenInItsOrder() {
    queue.begin();
    queue.trySend(text("a"));
    queue.send(text("b"), SendOptions.TEXT);
    queue.sendIdempotent(text("later"), LATER);
    queue.trySend(text("c"));
    queue.sendIdempotent(text("urgent"), URGENT);
    queue.send(text("last"), SendOptions.FINAL);
    assertThat(pollInto(this::take)).isNull();
    assertThat(taken).containsExactly("urgent", "a", "b", "c", "later", "last");
    assertThat(queue.piecesTaken()).isEqualTo(6);
    assertThat(queue.bytesTaken()).isEqualTo("urgentabclaterlast".length());
  }

  @Test
  void whatIsPlainIsTakenUpToWhatIsNot() {
    queue.begin();
    queue.trySend(text("a"));
    queue.trySend(text("b"));
    queue.send(text("last"), SendOptions.FINAL);
    assertThat(pollInto(this::take)).isNull();
    assertThat(taken).containsExactly("a", "b", "last");
    assertThat(pollInto(this::take)).isNull();
    assertThat(taken).hasSize(3);
  }

  @Test
  void whatItDoesNotTakeIsReturnedAndNotGivenAgain() {
    queue.begin();
    List.of("a", "b", "c", "d").forEach(text -> queue.trySend(text(text)));
    Outgoing refused = pollInto(piece -> !piece.content().equals(text("c")) && take(piece));
    assertThat(refused).isNotNull();
    assertThat(refused.content()).isEqualTo(text("c"));
    assertThat(queue.piecesTaken()).isEqualTo(3);
    assertThat(pollInto(this::take)).isNull();
    assertThat(taken).containsExactly("a", "b", "d");
    assertThat(queue.piecesTaken()).isEqualTo(4);
  }

  @Test
  void whatIsAddedMeanwhileIsTakenTooAndWhatIsUrgentNotLast() {
    queue.begin();
    queue.trySend(text("a"));
    pollInto(
        piece -> {
          if (taken.isEmpty()) {
            queue.trySend(text("b"));
            queue.sendIdempotent(text("urgent"), URGENT);
            queue.trySend(text("c"));
          }
          return take(piece);
        });
    assertThat(taken).containsExactly("a", "b", "urgent", "c");
  }

  @Test
  void aSinkThatThrowsLosesWhatItWasGivenAndNothingElse() {
    queue.begin();
    for (int i = 0; i < 100; i++) {
      queue.trySend(Payload.wrap(new byte[1 << 10]));
    }
    queue.trySend(text("after"));
    loop.execute(
        () ->
            assertThatThrownBy(() -> queue.outbound().pollInto(this::takeFiftyAndThrow))
                .isInstanceOf(IllegalStateException.class));
    time.runUntilIdle();
    assertThat(queue.piecesTaken()).isEqualTo(50);
    assertThat(pollInto(this::take)).isNull();
    assertThat(taken).hasSize(100 + 1).endsWith("after");
  }

  private boolean takeFiftyAndThrow(Outgoing piece) {
    take(piece);
    if (taken.size() == 50) {
      throw new IllegalStateException("full");
    }
    return true;
  }

  @Test
  void theLoopIsWokenOnceAllIsTaken() {
    queue.begin();
    queue.trySend(text("a"));
    pollInto(this::take);
    int before = wakeUps.size();
    queue.trySend(text("b"));
    queue.trySend(text("c"));
    assertThat(wakeUps).hasSize(before + 1);
  }

  @Test
  void thoseWhoWaitForRoomAreToldOnceItWasTaken() {
    queue.begin();
    while (queue.trySend(Payload.wrap(new byte[1 << 10]))) {
      // up to the budget
    }
    CompletableFuture<Void> room = queue.room();
    time.runUntilIdle();
    assertThat(room).isNotDone();
    pollInto(this::take);
    assertThat(room).isCompleted();
  }

  @Test
  void whatWasTakenKeepsLittleOfWhatFollowsAlive() {
    queue.begin();
    for (int i = 0; i < 1_000; i++) {
      queue.trySend(Payload.wrap(new byte[1 << 10]));
    }
    List<SendEntry> entries = new ArrayList<>();
    pollInto(piece -> entries.add((SendEntry) piece));
    assertThat(entries).hasSize(1_000);
    long kept = 0;
    for (SendEntry at = entries.get(0).next(); at != null; at = at.next()) {
      kept += at.content().length();
    }
    assertThat(kept).isLessThanOrEqualTo(SendQueue.LINKED);
  }

  private boolean take(Outgoing piece) {
    return taken.add(piece.content().toUtf8String());
  }

  private @Nullable Outgoing pollInto(Pipe.Sink sink) {
    AtomicReference<Outgoing> refused = new AtomicReference<>();
    loop.execute(
        () -> {
          refused.set(queue.outbound().pollInto(sink));
          queue.outbound().taken();
        });
    time.runUntilIdle();
    return refused.get();
  }

  private static Payload text(String text) {
    return Payload.utf8(text);
  }
}
