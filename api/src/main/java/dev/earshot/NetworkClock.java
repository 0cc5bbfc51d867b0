package dev.earshot;

import java.time.Duration;

/**
 * The time that a network's handles go by, for programs that keep deadlines of their own.
 *
 * <p>It never goes back, and stands still or leaps where a test says so. Thread-safe.
 */
public interface NetworkClock {

  /** Nanoseconds since some moment; only differences mean something. */
  long nanoTime();

  /**
   * Runs {@code task} after {@code delay}, on a thread of the library's: it must not block. Tasks
   * run one at a time, the earlier first, those of one moment in the order of the calls. Nothing
   * runs any more once the network is closed.
   */
  Timer schedule(Duration delay, Runnable task);

  /**
   * Runs {@code task} next, on the same thread; also while the network is being closed, so that
   * what was begun can come to its end.
   *
   * @return false if the network is closed and its threads are gone: the task will not run
   */
  boolean runSoon(Runnable task);

  /** A task that waits for its time. */
  interface Timer {
    /** Makes the task not run, if it has not begun. */
    void cancel();
  }
}
