package dev.earshot.internal.connection;

import static dev.earshot.internal.connection.Neighbours.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.BackPressureException;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.UnsupportedException;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.Outgoing;
import dev.earshot.testing.VirtualExecutor;
import dev.earshot.testing.VirtualLoop;
import dev.earshot.testing.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SendQueueTest {
  private static final int BUDGET = 1_000;
  private static final int LIMIT = 3_000;

  private final VirtualTime time = new VirtualTime(11);
  private final VirtualLoop loop = time.loop("loop");
  private final VirtualExecutor executor = time.executor("user");
  private final Crossing crossing = new Crossing(loop, new SerialQueue(executor, executor));
  private final List<String> wakeUps = new ArrayList<>();
  private final SendQueue queue =
      new SendQueue(
          crossing,
          Parameters.tcp().sendBudget(BUDGET).sendLimit(LIMIT).build(),
          Endpoint.hostPort("den", 1),
          () -> wakeUps.add("wake up"));

  @BeforeEach
  void ready() {
    queue.begin();
  }

  @Test
  void contentIsTakenInTheOrderInWhichItWasAdded() {
    queue.trySend(text("a"));
    queue.send(text("b"), SendOptions.TEXT);
    queue.sendIdempotent(text("c"), SendOptions.DEFAULT);
    assertThat(takeAll()).containsExactly("a", "b", "c");
    queue.trySend(text("d"));
    assertThat(takeAll()).containsExactly("d");
  }

  @Test
  void trySendRefusesWhenMoreThanTheBudgetWaits() {
    assertThat(queue.trySend(bytes(BUDGET))).isTrue();
    assertThat(queue.trySend(bytes(1))).as("the budget waits, and not more").isTrue();
    assertThat(queue.trySend(bytes(1))).isFalse();
    takeAll();
    assertThat(queue.trySend(bytes(1))).isTrue();
  }

  @Test
  void contentLargerThanEverythingIsTakenWhenNothingElseWaits() {
    assertThat(queue.trySend(bytes(10 * LIMIT))).isTrue();
    takeAll();
    CompletableFuture<Void> sent = queue.send(bytes(10 * LIMIT), SendOptions.DEFAULT);
    time.runUntilIdle();
    assertThat(sent).isNotDone();
    takeAll();
    assertThat(sent).isCompleted();
  }

  @Test
  void emptyMessagesAreBoundedToo() {
    int taken = 0;
    while (queue.trySend(Payload.empty())) {
      taken++;
    }
    assertThat(taken).isEqualTo(BUDGET / SendQueue.SMALLEST_COST + 1);
  }

  @Test
  void whatWasTakenKeepsLittleOfWhatFollowsAlive() {
    queue.trySend(text("old"));
    SendEntry[] old = new SendEntry[1];
    loop.execute(
        () -> {
          old[0] = (SendEntry) queue.outbound().poll();
          for (int i = 0; i < 1_000; i++) {
            queue.trySend(bytes(BUDGET));
            queue.outbound().poll();
            queue.outbound().taken();
          }
        });
    time.runUntilIdle();
    long kept = 0;
    for (SendEntry at = old[0].next(); at != null; at = at.next()) {
      kept += at.content().length();
    }
    assertThat(kept).isBetween(1L, (long) SendQueue.LINKED);
  }

  @Test
  void whatIsDeferredKeepsNothingOfWhatWentPastIt() {
    SendOptions later = SendOptions.DEFAULT.withPriority(SendOptions.Priority.BACKGROUND);
    SpecialEntry[] deferred = new SpecialEntry[1];
    queue.trySend(text("first"));
    queue.sendIdempotent(text("later"), later);
    queue.trySend(text("past"));
    loop.execute(
        () -> {
          SendEntry first = (SendEntry) queue.outbound().poll();
          deferred[0] = (SpecialEntry) first.next();
          queue.outbound().poll();
          queue.outbound().taken();
        });
    time.runUntilIdle();
    assertThat(deferred[0].next()).isNull();
    assertThat(takeAll()).containsExactly("later");
  }

  @Test
  void whoIsAboveTheBudgetWaitsUntilHalfOfItIsFree() {
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sent.add(queue.send(bytes(500), SendOptions.DEFAULT));
    }
    time.runUntilIdle();
    assertThat(done(sent)).isEqualTo(2);
    take(1);
    assertThat(done(sent)).isEqualTo(2);
    take(1);
    assertThat(done(sent)).isEqualTo(3);
    take(2);
    assertThat(done(sent)).isEqualTo(5);
  }

  @Test
  void nobodyOvertakesThoseWhoWaitForRoom() {
    queue.trySend(bytes(500));
    queue.trySend(bytes(500));
    CompletableFuture<Void> above = queue.send(bytes(100), SendOptions.DEFAULT);
    take(1);
    CompletableFuture<Void> within = queue.send(bytes(100), SendOptions.DEFAULT);
    time.runUntilIdle();
    assertThat(above).isNotDone();
    assertThat(within).isNotDone();
    take(1);
    assertThat(above).isCompleted();
    assertThat(within).isCompleted();
  }

  @Test
  void sendFailsBeyondTheLimitAndNothingOfItIsSent() {
    for (int i = 0; i < 6; i++) {
      queue.send(bytes(500), SendOptions.DEFAULT);
    }
    CompletableFuture<Void> refused = queue.send(text("too much"), SendOptions.DEFAULT);
    assertThat(refused).as("never inside the call").isNotDone();
    time.runUntilIdle();
    assertThat(failure(refused))
        .isInstanceOf(BackPressureException.class)
        .hasMessageContaining("den:1")
        .hasMessageContaining("3000");
    assertThat(takeAll()).hasSize(6).doesNotContain("too much");
    CompletableFuture<Void> later = queue.send(text("now"), SendOptions.DEFAULT);
    time.runUntilIdle();
    assertThat(later).isCompleted();
  }

  @Test
  void futuresCompleteOnTheQueueAndNeverInsideTheCall() {
    List<Boolean> onQueue = new ArrayList<>();
    CompletableFuture<Void> sent = queue.send(text("x"), SendOptions.DEFAULT);
    sent.thenRun(() -> onQueue.add(executor.isRunningHere() && crossing.queue().inQueue()));
    assertThat(onQueue).isEmpty();
    time.runUntilIdle();
    assertThat(onQueue).containsExactly(true);
  }

  @Test
  void theLoopIsWokenOnlyWhenItWentIdle() {
    queue.trySend(text("a"));
    assertThat(wakeUps).as("nobody has polled yet").isEmpty();
    takeAll();
    queue.trySend(text("b"));
    queue.trySend(text("c"));
    assertThat(wakeUps).hasSize(1);
    take(1);
    queue.trySend(text("d"));
    assertThat(wakeUps).as("what is there is still being taken").hasSize(1);
    takeAll();
    queue.trySend(text("e"));
    assertThat(wakeUps).hasSize(2);
  }

  @Test
  void nothingFollowsAFinalMessage() {
    CompletableFuture<Void> last = queue.send(text("last"), SendOptions.FINAL);
    CompletableFuture<Void> late = queue.send(text("late"), SendOptions.DEFAULT);
    CompletableFuture<Void> again = queue.send(text("again"), SendOptions.FINAL);
    assertThat(queue.trySend(text("later"))).isFalse();
    assertThat(queue.isFinished()).isTrue();
    assertThat(takeAll()).containsExactly("last");
    assertThat(last).isCompleted();
    assertThat(failure(late)).isInstanceOf(UnsupportedException.class).hasMessageContaining("den");
    assertThat(failure(again)).isInstanceOf(UnsupportedException.class);
    assertThat(takeAll()).isEmpty();
  }

  @Test
  void aFinalMessageIsTakenHoweverMuchWaits() {
    for (int i = 0; i < 6; i++) {
      queue.send(bytes(500), SendOptions.DEFAULT);
    }
    CompletableFuture<Void> last = queue.send(text("last"), SendOptions.FINAL);
    assertThat(takeAll()).endsWith("last");
    assertThat(last).isCompleted();
  }

  @Test
  void whatWasAddedBeforeItWasClosedIsStillTaken() {
    queue.trySend(text("before"));
    NetworkException cause = new ConnectionLostException("over");
    queue.close(cause);
    assertThat(queue.trySend(text("after"))).isFalse();
    CompletableFuture<Void> after = queue.send(text("after"), SendOptions.DEFAULT);
    assertThat(takeAll()).containsExactly("before");
    assertThat(failure(after)).isSameAs(cause);
  }

  @Test
  void theEndFailsThoseWhoWaitForRoomAndDropsTheRest() {
    CompletableFuture<Void> roomy = queue.send(bytes(500), SendOptions.DEFAULT);
    CompletableFuture<Void> waiting = queue.send(bytes(900), SendOptions.DEFAULT);
    time.runUntilIdle();
    NetworkException cause = new ConnectionLostException("over");
    loop.execute(() -> queue.end(cause));
    time.runUntilIdle();
    assertThat(roomy).isCompleted();
    assertThat(failure(waiting)).isSameAs(cause);
    assertThat(takeAll()).isEmpty();
    CompletableFuture<Void> late = queue.send(bytes(1), SendOptions.DEFAULT);
    time.runUntilIdle();
    assertThat(failure(late)).isSameAs(cause);
  }

  @Test
  void theFirstReasonForTheEndIsTheOneThatIsTold() {
    NetworkException first = new ConnectionLostException("first");
    queue.close(first);
    queue.close(new ConnectionLostException("second"));
    CompletableFuture<Void> late = queue.send(bytes(1), SendOptions.DEFAULT);
    time.runUntilIdle();
    assertThat(failure(late)).isSameAs(first);
  }

  @Test
  void roomIsThereAtOnceWithinTheBudgetAndOtherwiseWhenHalfOfItIsFree() {
    CompletableFuture<Void> empty = queue.room();
    assertThat(empty).as("never inside the call").isNotDone();
    time.runUntilIdle();
    assertThat(empty).isCompleted();
    queue.trySend(bytes(400));
    queue.trySend(bytes(400));
    queue.trySend(bytes(400));
    assertThat(queue.trySend(bytes(1))).isFalse();
    CompletableFuture<Void> room = queue.room();
    take(1);
    assertThat(room).isNotDone();
    take(1);
    assertThat(room).isCompleted();
    assertThat(takeAll()).as("nothing was queued for it").hasSize(1);
  }

  @Test
  void roomForDatagramsDoesNotWaitUntilAllHaveLeft() {
    Parameters udp = Parameters.udp().sendBudget(BUDGET).sendLimit(LIMIT).build();
    SendQueue datagrams =
        new SendQueue(crossing, udp, Endpoint.hostPort("den", 1), () -> wakeUps.add("wake up"));
    loop.execute(datagrams::begin);
    time.runUntilIdle();
    for (int i = 0; i < 3; i++) {
      assertThat(datagrams.trySend(bytes(400))).isTrue();
    }
    CompletableFuture<Void> room = datagrams.room();
    take(datagrams, 2);
    assertThat(room).isCompleted();
  }

  @Test
  void thereIsNoRoomAfterTheEndAndAfterAFinalMessage() {
    queue.trySend(bytes(500));
    queue.send(bytes(900), SendOptions.FINAL);
    CompletableFuture<Void> afterTheFinal = queue.room();
    time.runUntilIdle();
    assertThat(failure(afterTheFinal))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("waiting for room to send to den:1");
    NetworkException cause = new ConnectionLostException("over");
    loop.execute(() -> queue.end(cause));
    time.runUntilIdle();
    CompletableFuture<Void> late = queue.room();
    time.runUntilIdle();
    assertThat(failure(late)).isSameAs(cause);
  }

  @Test
  void theEndFailsThoseWhoWaitForNothingButRoom() {
    queue.trySend(bytes(LIMIT));
    CompletableFuture<Void> room = queue.room();
    time.runUntilIdle();
    assertThat(room).isNotDone();
    NetworkException cause = new ConnectionLostException("over");
    loop.execute(() -> queue.end(cause));
    time.runUntilIdle();
    assertThat(failure(room)).isSameAs(cause);
  }

  @Test
  void aLoopOfSendsLetsOthersHaveTheQueue() {
    int[] steps = {0};
    boolean[] other = {false};
    Runnable[] send = new Runnable[1];
    send[0] =
        () -> {
          takeOnLoop();
          if (steps[0]++ < 100_000) {
            queue.send(bytes(1), SendOptions.DEFAULT).thenRun(send[0]);
          }
        };
    crossing.queue().execute(send[0]);
    crossing.queue().execute(() -> other[0] = true);
    time.runUntilIdle();
    assertThat(other[0]).isTrue();
    assertThat(steps[0]).isEqualTo(100_001);
  }

  private void takeOnLoop() {
    loop.execute(
        () -> {
          Outgoing next = queue.outbound().poll();
          while (next != null) {
            next = queue.outbound().poll();
          }
          queue.outbound().taken();
        });
  }

  private List<String> takeAll() {
    return take(Integer.MAX_VALUE);
  }

  private List<String> take(int most) {
    return take(queue, most);
  }

  private List<String> take(SendQueue from, int most) {
    List<String> taken = new ArrayList<>();
    loop.execute(
        () -> {
          for (int i = 0; i < most; i++) {
            Outgoing next = from.outbound().poll();
            if (next == null) {
              break;
            }
            taken.add(next.content().toUtf8String());
          }
          from.outbound().taken();
        });
    time.runUntilIdle();
    return taken;
  }

  private static long done(List<CompletableFuture<Void>> futures) {
    return futures.stream().filter(CompletableFuture::isDone).count();
  }

  private static Payload text(String text) {
    return Payload.utf8(text);
  }

  private static Payload bytes(int count) {
    return Payload.wrap(new byte[count]);
  }
}
