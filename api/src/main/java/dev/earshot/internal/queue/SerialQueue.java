package dev.earshot.internal.queue;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * A user's executor made serial: tasks run one at a time, in the order in which they came, and what
 * one throws is logged and changes nothing for the next.
 *
 * <p>However many tasks wait, the executor is given one; it runs them all, but hands itself back
 * after {@value #TURN} so that others with the same executor get their turn. A task that is added
 * by a running one runs after it, never inside it, so a task may add its successor for ever without
 * growing the stack, also on an executor that runs what it is given in the calling thread.
 *
 * <p>If the executor refuses, which is logged once, the tasks run on the fallback: futures complete
 * even when a program has shut its executor down. What {@code shutdownNow()} dropped runs when the
 * next task comes. Any other executor that drops what it is given makes them wait for ever.
 *
 * <p>Threads: every method may be called on any thread. The one lock is never held while anything
 * outside is called.
 */
public final class SerialQueue implements Executor {
  /** How many tasks run before others with the same executor get their turn. */
  static final int TURN = 1_024;

  /** A list that has grown beyond this is not kept. */
  private static final int KEPT = 256;

  private static final Logger LOG = System.getLogger("dev.earshot");

  private final Object lock = new Object();
  private final Executor fallback;
  private final Runnable drain = this::drain;
  private volatile Executor executor;

  /** Under the lock: whether the executor was asked, or tasks are running. */
  private boolean scheduled;

  /** Under the lock: whether what was asked, or is running tasks, is not the executor any more. */
  private boolean moved;

  /** Under the lock. */
  private boolean refusalLogged;

  /** Under the lock. */
  private ArrayDeque<Runnable> waiting = new ArrayDeque<>(4);

  /** The runner's: empty between two turns, to be swapped with {@code waiting}. */
  private ArrayDeque<Runnable> batch = new ArrayDeque<>(4);

  /** The thread that runs tasks; written under the lock, and a thread finds itself without it. */
  private volatile @Nullable Thread runner;

  /** A queue whose tasks run on {@code executor}, or on {@code fallback} if that refuses. */
  public SerialQueue(Executor executor, Executor fallback) {
    this.executor = executor;
    this.fallback = fallback;
  }

  /** Makes what is added from now on run on {@code other}; a task that is running ends first. */
  public void moveTo(Executor other) {
    synchronized (lock) {
      executor = other;
      moved = scheduled;
    }
  }

  /** Whether the calling thread is running one of this queue's tasks. */
  public boolean inQueue() {
    return runner == Thread.currentThread();
  }

  /** Throws {@link IllegalStateException} unless the calling thread runs one of the tasks. */
  public void assertInQueue() {
    if (!inQueue()) {
      throw new IllegalStateException(
          Thread.currentThread().getName() + " is not running this queue's tasks");
    }
  }

  @Override
  public void execute(Runnable task) {
    synchronized (lock) {
      waiting.add(task);
      if (scheduled && !mayHaveBeenDropped()) {
        return;
      }
      scheduled = true;
    }
    submit(drain);
  }

  /** Under the lock: {@code shutdownNow()} drops what an executor has taken and not begun. */
  private boolean mayHaveBeenDropped() {
    return runner == null && executor instanceof ExecutorService service && service.isShutdown();
  }

  private void submit(Runnable work) {
    try {
      executor.execute(work);
    } catch (RuntimeException | Error refusal) {
      logRefusal(refusal);
      submitToFallback(work);
    }
  }

  private void submitToFallback(Runnable work) {
    try {
      fallback.execute(work);
    } catch (RuntimeException | Error refusal) {
      logRefusal(refusal);
      work.run(); // nobody else is left, and the futures must complete
    }
  }

  private void logRefusal(Throwable refusal) {
    synchronized (lock) {
      if (refusalLogged) {
        return;
      }
      refusalLogged = true;
    }
    LOG.log(Level.WARNING, "an executor refuses the tasks of a queue: another runs them", refusal);
  }

  private void drain() {
    while (begin() && runTurn()) {
      HandBack handBack = new HandBack();
      submit(handBack);
      if (!handBack.endedInside()) {
        return;
      }
    }
  }

  /** Makes the calling thread the runner; false if another is, or nothing is to be run. */
  private boolean begin() {
    synchronized (lock) {
      if (!scheduled || runner != null) {
        return false; // the executor ran twice what it was given once
      }
      if (!moved) {
        runner = Thread.currentThread();
        return true;
      }
      moved = false;
    }
    submit(drain);
    return false;
  }

  /** Runs tasks until none is left or the turn is over; returns whether tasks are left. */
  private boolean runTurn() {
    int done = 0;
    while (true) {
      synchronized (lock) {
        if (waiting.isEmpty() || done >= TURN || moved) {
          runner = null;
          moved = false;
          scheduled = !waiting.isEmpty();
          return scheduled;
        }
        ArrayDeque<Runnable> full = waiting;
        waiting = batch;
        batch = full;
      }
      int size = batch.size();
      for (Runnable task = batch.poll(); task != null; task = batch.poll()) {
        run(task);
      }
      if (size > KEPT) {
        batch = new ArrayDeque<>(4);
      }
      done += size;
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable thrown) {
      LOG.log(Level.ERROR, "a handler, or what hangs on a future, threw", thrown);
    }
  }

  /** The runner's way of letting others go first without nesting if there is nobody else. */
  private final class HandBack implements Runnable {
    private final Thread giver = Thread.currentThread();
    private boolean submitted;
    private boolean ranInside;

    @Override
    public void run() {
      if (Thread.currentThread() == giver && !submitted) {
        ranInside = true;
      } else {
        drain();
      }
    }

    /** Whether the executor ran this inside the call that submitted it. */
    private boolean endedInside() {
      submitted = true;
      return ranInside;
    }
  }
}
