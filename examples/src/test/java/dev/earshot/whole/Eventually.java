package dev.earshot.whole;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions, with patience for a loaded computer. For tests' threads. */
final class Eventually {
  /** How long anything may take before a test gives up on it. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final long POLL_NANOS = 2_000_000;

  private Eventually() {}

  /** Waits until {@code condition} holds. */
  static void holds(String what, BooleanSupplier condition) {
    holds(() -> what, condition);
  }

  /** Waits until {@code condition} holds; {@code what} describes it, and what there is instead. */
  static void holds(Supplier<String> what, BooleanSupplier condition) {
    holds(PATIENCE, what, condition);
  }

  /** The same for what may take longer than most. */
  static void holds(Duration patience, Supplier<String> what, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not in time: " + what.get());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** What {@code future} completes with. */
  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** What {@code future} fails with. */
  static Throwable failure(CompletableFuture<?> future) {
    try {
      Object value = future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      throw new AssertionError("completed with " + value);
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (TimeoutException e) {
      throw new AssertionError("neither done nor failed", e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
