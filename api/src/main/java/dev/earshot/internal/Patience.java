package dev.earshot.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * The willingness of one thread to wait, from its making on: a thread that is interrupted waits no
 * more, does the rest, and is interrupted again when it is through. For one thread.
 */
final class Patience {
  private final LongSupplier clock;
  private final long begin;
  private boolean interrupted;

  /** Begins now; {@code clock} tells nanoseconds. */
  Patience(LongSupplier clock) {
    this.clock = clock;
    this.begin = clock.getAsLong();
  }

  private long left(Duration limit) {
    return Math.max(0, limit.toNanos() - (clock.getAsLong() - begin));
  }

  /**
   * Waits until {@code limit} after its beginning at most; returns whether {@code future} is done.
   */
  boolean await(CompletableFuture<?> future, Duration limit) {
    if (!interrupted) {
      try {
        future.get(left(limit), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (TimeoutException | ExecutionException expected) {
        // The answer below says it.
      }
    }
    return future.isDone();
  }

  /** The same; returns whether {@code threads} have ended. */
  boolean await(ExecutorService threads, Duration limit) {
    if (!interrupted) {
      try {
        threads.awaitTermination(left(limit), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return threads.isTerminated();
  }

  /** Interrupts the thread if it was interrupted while it waited. */
  void restoreInterrupt() {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
