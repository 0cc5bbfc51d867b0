package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One message in flight, again and again: where a wake-up gets lost, this stops for good. A message
 * that takes long is told apart from a computer that was busy with something else by its length.
 */
@Tag("network")
class StallNetworkTest {
  /** Longer than anything should take; a busy computer makes a few take it all the same. */
  private static final long SLOW_MILLIS = 100;

  /** Longer than a busy computer takes; a stall lasts until something else happens. */
  private static final long STALLED_MILLIS = 2_000;

  @Test
  void oneInFlightNeverStallsOnTheLibrarysThread() {
    echoes(100_000, Runnable::run);
  }

  @Test
  void oneInFlightNeverStallsOnAnExecutor() {
    onThread(100_000);
  }

  @Tag("soak")
  @Test
  void aMillionInFlightOneByOneNeverStall() {
    echoes(1_000_000, Runnable::run);
    onThread(1_000_000);
  }

  private static void onThread(int count) {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      echoes(count, thread);
    } finally {
      thread.shutdown();
    }
  }

  private static void echoes(int count, Executor queue) {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket())) {
      Loopback.Pair pair = loopback.pair(queue);
      answer(pair.accepting());
      Asker asker = new Asker(pair.dialling(), count);
      asker.ask();
      asker.done.orTimeout(120, TimeUnit.SECONDS).join();
      assertThat(asker.asked).isEqualTo(count);
      assertThat(asker.longest).as("milliseconds of the slowest").isLessThan(STALLED_MILLIS);
      assertThat(asker.slow)
          .as("answers slower than %d ms, of %d", SLOW_MILLIS, count)
          .isLessThanOrEqualTo(count / 10_000);
    }
  }

  private static void answer(Connection connection) {
    connection
        .receiveMessage()
        .thenAccept(
            received -> {
              if (!received.endOfStream()) {
                connection.send(received.content());
                answer(connection);
              }
            });
  }

  /** Asks, and asks again when the answer has come; on its connection's queue. */
  private static final class Asker {
    private final Connection connection;
    private final int count;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile int asked;
    private volatile int slow;
    private volatile long longest;
    private long began;
    private long collectingThen;

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
      collectingThen = asked % 1_000 == 1 ? collecting() : collectingThen;
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
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      if (took > SLOW_MILLIS && took > SLOW_MILLIS + collecting() - collectingThen) {
        slow++;
      }
      longest = Math.max(longest, took);
    }

    /** The milliseconds spent collecting garbage so far. */
    private static long collecting() {
      return ManagementFactory.getGarbageCollectorMXBeans().stream()
          .mapToLong(GarbageCollectorMXBean::getCollectionTime)
          .sum();
    }
  }
}
