package dev.earshot.spi;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * One library thread that owns the state of the handles assigned to it, with the clock they go by.
 *
 * <p>Tasks run one at a time, in the order in which each thread handed them over. A loop never
 * blocks and runs no code of the user's, unless the user's own executor runs tasks in the calling
 * thread.
 */
public interface Loop extends Executor {

  /** Whether the calling thread is this loop. May be called on any thread. */
  boolean inLoop();

  /** Throws {@link IllegalStateException} unless the calling thread is this loop. */
  default void assertInLoop() {
    if (!inLoop()) {
      throw new IllegalStateException(
          Thread.currentThread().getName() + " is not the loop " + this);
    }
  }

  /** Monotonic time in nanoseconds, comparable only with other readings of this loop. */
  long nanoTime();

  /** Runs {@code task} on the loop after {@code delay}. May be called on any thread. */
  Timer schedule(Duration delay, Runnable task);

  /** A task that waits for its time. */
  interface Timer {
    /** Makes the task not run, if it has not begun. */
    void cancel();
  }
}
