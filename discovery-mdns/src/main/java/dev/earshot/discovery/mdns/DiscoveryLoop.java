package dev.earshot.discovery.mdns;

import dev.earshot.spi.Loop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that owns all state of a discovery, and its clock.
 *
 * <p>Made when discovery is first used; ended by {@link #end}, after which tasks are dropped.
 */
final class DiscoveryLoop implements Loop {
  private static final System.Logger LOG = System.getLogger("dev.earshot.discovery");

  private final ScheduledThreadPoolExecutor executor;
  private volatile @Nullable Thread thread; // null before the first task

  DiscoveryLoop() {
    executor = new ScheduledThreadPoolExecutor(1, this::newThread);
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  private Thread newThread(Runnable body) {
    Thread made = new Thread(body, "earshot-mdns-loop");
    made.setDaemon(true);
    thread = made;
    return made;
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(() -> run(task));
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    ScheduledFuture<?> future =
        executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      // One broken task must not take the others with it; nobody else would hear of it.
      LOG.log(Level.ERROR, "a task of service discovery failed", e);
    }
  }

  /**
   * Ends the thread and waits for it until {@code patience} is over; false if it is still there.
   */
  boolean end(Duration patience) throws InterruptedException {
    executor.shutdownNow();
    return executor.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
  }
}
