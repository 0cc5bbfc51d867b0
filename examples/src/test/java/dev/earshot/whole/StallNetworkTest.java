package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One message in flight, again and again: where a wake-up gets lost, this stops until something
 * else happens. What the computer's own pauses explain is no stall.
 */
@Tag("network")
class StallNetworkTest {
  /** Longer than anything may take for which there is no explanation. */
  private static final Duration STALL = Duration.ofMillis(100);

  /** The first answers load classes, which is no stall. */
  private static final int WARM_UP = 200;

  @Test
  void oneInFlightNeverStallsOnTheLibrarysThread() {
    echoes(15_000, Runnable::run);
  }

  @Test
  void oneInFlightNeverStallsOnAnExecutor() {
    onThread(15_000);
  }

  @Tag("soak")
  @Test
  void aMillionInFlightOneByOneNeverStall() {
    echoes(1_000_000, Runnable::run);
    onThread(1_000_000);
  }

  /** So that the accounting for pauses does not explain everything away. */
  @Test
  void aStallIsFound() {
    try (Pauses pauses = Pauses.measure();
        Loopback loopback = Loopback.listen(Parameters.webSocket())) {
      Loopback.Pair pair = loopback.pair(Runnable::run);
      answer(pair.accepting(), 1, answers -> stall(loopback, answers, 1_000));
      Asker asker = new Asker(pair.dialling(), 2_000);
      asker.ask();
      asker.done.orTimeout(10, TimeUnit.MINUTES).join(); // how fast is not the question
      assertThat(asker.slow)
          .anyMatch(one -> one.number() == 1_000 && one.unexplained(pauses).compareTo(STALL) > 0);
    }
  }

  /** Has the answer with the number {@code late} wait for a second. */
  private static boolean stall(Loopback loopback, Answer answer, int late) {
    if (answer.number() == late) {
      loopback.network().clock().schedule(Duration.ofSeconds(1), answer.sending());
    }
    return answer.number() == late;
  }

  /** An answer that is about to be sent. */
  private record Answer(int number, Runnable sending) {}

  private static void onThread(int count) {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      echoes(count, thread);
    } finally {
      thread.shutdown();
    }
  }

  private static void echoes(int count, Executor queue) {
    try (Pauses pauses = Pauses.measure();
        Loopback loopback = Loopback.listen(Parameters.webSocket())) {
      Loopback.Pair pair = loopback.pair(queue);
      answer(pair.accepting(), 1, answer -> false);
      Asker asker = new Asker(pair.dialling(), count);
      asker.ask();
      asker.done.orTimeout(10, TimeUnit.MINUTES).join(); // how fast is not the question
      assertThat(asker.asked).isEqualTo(count);
      assertThat(asker.slow)
          .as("answers slower than %s although there was no pause; %s", STALL, pauses)
          .noneMatch(one -> one.unexplained(pauses).compareTo(STALL) > 0);
    }
  }

  /** Answers what comes from {@code number} on, unless {@code held} takes an answer over. */
  private static void answer(Connection connection, int number, Predicate<Answer> held) {
    connection
        .receiveMessage()
        .thenAccept(
            received -> {
              if (!received.endOfStream()) {
                Answer next = new Answer(number, () -> connection.send(received.content()));
                if (!held.test(next)) {
                  next.sending().run();
                }
                answer(connection, number + 1, held);
              }
            });
  }

  /** Asks, and asks again when the answer has come; on its connection's queue. */
  private static final class Asker {
    private final Connection connection;
    private final int count;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile int asked;
    private final List<Slow> slow = new CopyOnWriteArrayList<>();
    private long began;

    Asker(Connection connection, int count) {
      this.connection = connection;
      this.count = count;
    }

    void ask() {
      if (asked == count) {
        done.complete(null);
        return;
      }
      asked++;
      began = System.nanoTime();
      Payload question = Payload.utf8("number " + asked);
      connection
          .receiveMessage()
          .whenComplete(
              (received, failure) -> {
                if (failure != null) {
                  done.completeExceptionally(failure);
                } else if (!received.content().equals(question)) {
                  done.completeExceptionally(new AssertionError("another answer: " + received));
                } else {
                  judge();
                  ask();
                }
              });
      connection.trySend(question);
    }

    private void judge() {
      long now = System.nanoTime();
      if (asked > WARM_UP && now - began > STALL.toNanos()) {
        slow.add(new Slow(asked, began, now));
      }
    }
  }

  /** An answer that took long: its number, when it was asked for, and when it came. */
  private record Slow(int number, long from, long to) {
    Duration unexplained(Pauses pauses) {
      return pauses.unexplained(from, to);
    }

    @Override
    public String toString() {
      return "number " + number + ", " + (to - from) / 1_000_000 + " ms";
    }
  }
}
