package dev.earshot.internal;

import dev.earshot.NetworkClock;
import dev.earshot.spi.Loop;
import java.lang.System.Logger.Level;
import java.time.Duration;
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
    if (closed.getAsBoolean()) {
      return () -> {}; // nothing runs any more
    }
    try {
      return loop.schedule(delay, () -> run(task))::cancel;
    } catch (RejectedExecutionException e) {
      LOG.log(Level.TRACE, "the network was closed meanwhile", e);
      return () -> {};
    }
  }

  private void run(Runnable task) {
    if (closed.getAsBoolean()) {
      return;
    }
    try {
      task.run();
    } catch (Throwable thrown) {
      LOG.log(Level.ERROR, "a task of the network's clock threw", thrown);
    }
  }
}
