package dev.earshot.internal;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a network beside its loops: some for what may block in the library, and, apart
 * from them, as many as are needed for the futures of handles that have no executor of the user's.
 * All are daemons, made when needed and gone after ten idle seconds. Thread-safe.
 */
final class WorkerThreads {
  private static final System.Logger LOG = System.getLogger("dev.earshot");
  private static final int WORKERS = 8;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          WORKERS,
          WORKERS,
          IDLE.toMillis(),
          TimeUnit.MILLISECONDS,
          new LinkedBlockingQueue<>(),
          named("earshot-worker-"));

  // Unbounded, so that a program that blocks in one handle's callback does not stop the others.
  private final ThreadPoolExecutor queues =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE.toMillis(),
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          named("earshot-queue-"));

  WorkerThreads() {
    workers.allowCoreThreadTimeOut(true);
  }

  /** Runs what may block. */
  Executor workers() {
    return workers;
  }

  /** Runs the queues of handles that have no executor of the user's. */
  Executor queues() {
    return queues;
  }

  /**
   * Ends the threads: interrupts what the library does, lets run what is queued for users, and
   * waits for both as long as {@code patience} has begun less than {@code limit} ago.
   */
  void close(Patience patience, Duration limit) {
    workers.shutdownNow();
    queues.shutdown();
    // A look-up that hangs in the system's resolver cannot be interrupted, and the caller may be in
    // one of these threads: neither is worth more time than this.
    boolean workersEnded = patience.await(workers, limit);
    boolean queuesEnded = patience.await(queues, limit);
    if (!workersEnded || !queuesEnded) {
      LOG.log(Level.DEBUG, "a thread of the network is still busy after its close");
    }
  }

  private static ThreadFactory named(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> daemon(prefix + number.incrementAndGet(), task);
  }

  /** A daemon thread called {@code name}, not started. */
  static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
