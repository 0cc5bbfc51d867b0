package dev.earshot.security.tls;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls into the user's code, run on the user's executor one after the other, in the order in which
 * they were added. Thread-safe and free of locks.
 *
 * <p>Adding and running are two steps, so that a caller can add under its lock and run outside it.
 */
final class Callbacks {
  private static final Logger LOG = System.getLogger("dev.earshot");

  private final Executor executor;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /** How many were asked to be run and were not; whoever raises it from 0 gets the executor. */
  private final AtomicInteger asked = new AtomicInteger();

  Callbacks(Executor executor) {
    this.executor = executor;
  }

  /** Puts {@code task} behind the others; {@link #run} must follow. */
  void add(Runnable task) {
    waiting.add(task);
  }

  /** Has what was added run. */
  void run() {
    if (asked.getAndIncrement() > 0) {
      return; // whoever runs now will see it
    }
    try {
      executor.execute(this::drain);
    } catch (RuntimeException | Error refusal) {
      // A program may have shut its executor down; its futures must complete all the same.
      LOG.log(Level.WARNING, "an executor refuses what a pairing has to tell", refusal);
      drain();
    }
  }

  private void drain() {
    int seen = asked.get();
    do {
      for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
        run(task);
      }
      seen = asked.addAndGet(-seen);
    } while (seen > 0);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable thrown) {
      LOG.log(Level.ERROR, "a handler of a pairing, or what hangs on its future, threw", thrown);
    }
  }
}
