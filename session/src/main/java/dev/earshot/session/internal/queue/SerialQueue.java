package dev.earshot.session.internal.queue;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An executor made serial: tasks run on it one at a time, in their order; what one throws is
 * logged.
 *
 * <p>However many tasks wait, the executor is given one, which runs up to {@value #TURN} of them.
 * If it refuses, which is logged once, tasks run on the thread that brings them, so that every
 * future completes. Any thread; the one lock is never held while anything outside is called.
 */
public final class SerialQueue implements Executor {
  static final int TURN = 256;

  private static final System.Logger LOG = System.getLogger("dev.earshot.session");

  private final Object lock = new Object();
  private final Executor executor;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

  /** Under the lock: whether the executor was asked, or tasks are running. */
  private boolean scheduled;

  /** Under the lock. */
  private boolean refusalLogged;

  private volatile @Nullable Thread runner;

  /** A queue whose tasks run on {@code executor}. */
  public SerialQueue(Executor executor) {
    this.executor = executor;
  }

  /** Whether the calling thread is running one of this queue's tasks. */
  public boolean inQueue() {
    return runner == Thread.currentThread();
  }

  @Override
  public void execute(Runnable task) {
    synchronized (lock) {
      waiting.add(task);
      if (scheduled) {
        return;
      }
      scheduled = true;
    }
    submit();
  }

  private void submit() {
    try {
      executor.execute(this::drain);
    } catch (RuntimeException refusal) {
      synchronized (lock) {
        if (!refusalLogged) {
          refusalLogged = true;
          LOG.log(Level.WARNING, "an executor refuses a session's tasks", refusal);
        }
      }
      drain();
    }
  }

  private void drain() {
    while (true) {
      runner = Thread.currentThread();
      if (!runTurn()) {
        return;
      }
      Resumption resumption = new Resumption();
      try {
        executor.execute(resumption);
      } catch (RuntimeException refusal) {
        continue; // refused before, and logged: this thread goes on
      }
      if (!resumption.ranInside()) {
        return;
      }
    }
  }

  /** Runs some tasks; false if none is left, and then none is scheduled. */
  private boolean runTurn() {
    for (int i = 0; i < TURN; i++) {
      Runnable task;
      synchronized (lock) {
        task = waiting.poll();
        if (task == null) {
          runner = null;
          scheduled = false;
          return false;
        }
      }
      try {
        task.run();
      } catch (Throwable thrown) {
        LOG.log(Level.ERROR, "a session's task or handler threw", thrown);
      }
    }
    runner = null;
    return true;
  }

  /** Goes on later; or says that the executor runs tasks at once, and the giver is to go on. */
  private final class Resumption implements Runnable {
    private final Thread giver = Thread.currentThread();
    private boolean inside;
    private boolean given;

    @Override
    public void run() {
      if (Thread.currentThread() == giver && !given) {
        inside = true;
      } else {
        drain();
      }
    }

    boolean ranInside() {
      given = true;
      return inside;
    }
  }
}
