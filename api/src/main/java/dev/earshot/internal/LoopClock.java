package dev.earshot.internal;

import dev.earshot.NetworkClock;
import dev.earshot.spi.Loop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/** The time of a loop, as a program may use it. Thread-safe. */
final class LoopClock implements NetworkClock {
  private static final System.Logger LOG = System.getLogger("dev.earshot");

  private final Loop loop;
  private final BooleanSupplier closed;

  LoopClock(Loop loop, BooleanSupplier closed) {
    this.loop = loop;
    this.closed = closed;
  }

  @Override
  public long nanoTime() {
    return loop.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Objects.requireNonNull(delay, "delay");
    Objects.requireNonNull(task, "task");
    if (closed.getAsBoolean()) {
      return () -> {}; // nothing runs any more
    }
    try {
      return loop.schedule(delay, () -> runUnlessClosed(task))::cancel;
    } catch (RejectedExecutionException e) {
      LOG.log(Level.TRACE, "the network was closed meanwhile", e);
      return () -> {};
    }
  }

  @Override
  public boolean runSoon(Runnable task) {
    Objects.requireNonNull(task, "task");
    try {
      loop.execute(() -> run(task));
      return true;
    } catch (RejectedExecutionException e) {
      return false; // which is what is to be told
    }
  }

  private void runUnlessClosed(Runnable task) {
    if (!closed.getAsBoolean()) {
      run(task);
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable thrown) {
      LOG.log(Level.ERROR, "a task of the network's clock threw", thrown);
    }
  }
}
