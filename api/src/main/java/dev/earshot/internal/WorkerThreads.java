package dev.earshot.internal;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a network beside its loops: some for what may block in the library, and, apart
 * from them, some for the futures of handles that have no executor of the user's. All are daemons,
 * made when needed and gone after ten idle seconds. Thread-safe.
 */
final class WorkerThreads {
  private static final System.Logger LOG = System.getLogger("dev.earshot");
  private static final int WORKERS = 8;
  private static final int QUEUES = 16;

  /** A callback that waits for a future is made up for by another thread, up to so many. */
  private static final int MOST_QUEUES = 256;

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final ExecutorService workers = pool("earshot-worker-", WORKERS, WORKERS);
  private final ExecutorService queues = pool("earshot-queue-", QUEUES, MOST_QUEUES);

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
   * waits at most {@code limit} for each of the two.
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

  // Of the JDK's pools the one that makes a thread only if the others are busy, and keeps few.
  private static ExecutorService pool(String prefix, int threads, int most) {
    AtomicInteger number = new AtomicInteger();
    return new ForkJoinPool(
        threads,
        pool -> {
          ForkJoinWorkerThread thread =
              ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
          thread.setName(prefix + number.incrementAndGet());
          return thread;
        },
        null,
        true, // first come, first served
        0,
        most,
        1,
        pool -> true,
        IDLE.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** A daemon thread called {@code name}, not started. */
  static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
