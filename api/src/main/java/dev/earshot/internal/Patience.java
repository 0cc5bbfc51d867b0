package dev.earshot.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The willingness of one thread to wait: a thread that is interrupted waits no more, does the rest,
 * and is interrupted again when it is through. For one thread.
 */
final class Patience {
  private boolean interrupted;

  /** Waits at most {@code limit}; returns whether {@code future} is done. */
  boolean await(CompletableFuture<?> future, Duration limit) {
    if (!interrupted) {
      try {
        future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (TimeoutException | ExecutionException expected) {
        // The answer below says it.
      }
    }
    return future.isDone();
  }

  /** Waits at most {@code limit}; returns whether {@code threads} have ended. */
  boolean await(ExecutorService threads, Duration limit) {
    if (!interrupted) {
      try {
        threads.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
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
