package dev.earshot.session.internal.resource;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The few threads on which a session reads and writes files: no loop ever waits for a disk.
 *
 * <p>They come when there is something to do and go a second after. What waits is bounded by the
 * number of transfers, each of which has at most two tasks here.
 */
public final class DiskThreads implements Executor, AutoCloseable {
  private static final int MOST = 4;

  private final ThreadPoolExecutor threads;

  /** No threads yet; {@code name} is for their names. */
  public DiskThreads(String name) {
    AtomicInteger number = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            MOST,
            MOST,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread =
                  new Thread(task, "earshot-disk-" + number.incrementAndGet() + " of " + name);
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }

  /** Runs what waits, and ends. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
