package dev.earshot.session.internal.queue;

import dev.earshot.NetworkClock;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Where all that a session remembers is changed: runs tasks one at a time, in their order, on
 * whatever thread brings the first of them.
 *
 * <p>That is most often one of the library's own threads, so that a message passes through a
 * session without a change of thread. A thread that is kept busy by what others bring hands over to
 * the clock's thread after {@value #TURN} tasks; when the network is closed and there is no such
 * thread any more, it goes on to the last. Tasks must not block and run no code of the user's (but
 * through a {@link SerialQueue}). The one lock is never held while anything outside is called.
 */
public final class SessionQueue implements Executor {
  static final int TURN = 256;

  private static final System.Logger LOG = System.getLogger("dev.earshot.session");

  private final Object lock = new Object();
  private final NetworkClock clock;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

  /** The thread that runs tasks; written under the lock, and a thread finds itself without it. */
  private volatile @Nullable Thread runner;

  /** A queue that hands over by {@code clock}. */
  public SessionQueue(NetworkClock clock) {
    this.clock = clock;
  }

  /** Whether the calling thread is running one of this queue's tasks. */
  public boolean inQueue() {
    return runner == Thread.currentThread();
  }

  @Override
  public void execute(Runnable task) {
    synchronized (lock) {
      waiting.add(task);
      if (runner != null) {
        return;
      }
      runner = Thread.currentThread();
    }
    run();
  }

  private void run() {
    do {
      for (int i = 0; i < TURN; i++) {
        Runnable task = next();
        if (task == null) {
          return;
        }
        try {
          task.run();
        } catch (RuntimeException | Error thrown) {
          LOG.log(Level.ERROR, "a session's task threw", thrown);
        }
      }
    } while (!handOver());
  }

  /** Lets another thread go on; false if there is none and this one has to. */
  private boolean handOver() {
    synchronized (lock) {
      runner = null; // who brings the next task may take over too
    }
    return clock.runSoon(this::goOn) || !takeOver();
  }

  private void goOn() {
    if (takeOver()) {
      run();
    }
  }

  private boolean takeOver() {
    synchronized (lock) {
      if (runner != null || waiting.isEmpty()) {
        return false;
      }
      runner = Thread.currentThread();
      return true;
    }
  }

  /** The next task; null if there is none, and then nobody runs tasks any more. */
  private @Nullable Runnable next() {
    synchronized (lock) {
      Runnable task = waiting.poll();
      if (task == null) {
        runner = null;
      }
      return task;
    }
  }
}
