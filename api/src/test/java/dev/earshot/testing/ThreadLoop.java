package dev.earshot.testing;

import dev.earshot.spi.Loop;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A loop with a thread of its own and real time, for the few tests that are about threads. The
 * thread ends with {@link #close}.
 */
public final class ThreadLoop implements Loop, AutoCloseable {
  private final String name;
  private final ScheduledThreadPoolExecutor executor;
  private volatile Thread thread;

  /** Starts a loop. */
  public ThreadLoop(String name) {
    this.name = name;
    executor = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, name));
    executor.setRemoveOnCancelPolicy(true);
    executor.submit(() -> thread = Thread.currentThread());
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    ScheduledFuture<?> timer = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  @Override
  public String toString() {
    return name;
  }
}
