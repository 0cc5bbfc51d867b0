package dev.earshot.internal.connection;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Holds wake-ups of the loop back while somebody sends much at once. Thread-safe.
 *
 * <p>Only a loop that is idle is woken, so this is not on the way of a message.
 */
final class Batches {
  private final Runnable wakeUp;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicBoolean heldBack = new AtomicBoolean();

  Batches(Runnable wakeUp) {
    this.wakeUp = wakeUp;
  }

  /** Runs {@code sends}, and wakes the loop afterwards if it was to be woken meanwhile. */
  void run(Runnable sends) {
    running.incrementAndGet();
    try {
      sends.run();
    } finally {
      running.decrementAndGet();
      release();
    }
  }

  /** Wakes the loop, now or when the last batch is over. */
  void wakeUp() {
    if (running.get() == 0) {
      wakeUp.run();
    } else {
      heldBack.set(true);
      release(); // the batch may have ended in between
    }
  }

  private void release() {
    if (running.get() == 0 && heldBack.compareAndSet(true, false)) {
      wakeUp.run();
    }
  }
}
