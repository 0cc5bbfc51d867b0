package dev.earshot.testing;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Tasks that run one at a time, in order, when {@link VirtualTime} gives them their turn. */
abstract class VirtualTasks implements Executor {
  private final VirtualTime time;
  private final String name;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean inReady;
  private volatile @Nullable Thread runner;

  VirtualTasks(VirtualTime time, String name) {
    this.time = time;
    this.name = name;
  }

  @Override
  public final void execute(Runnable task) {
    synchronized (this) {
      waiting.add(task);
      if (inReady || !mayRun()) {
        return;
      }
      inReady = true;
    }
    time.addReady(this);
  }

  /** Whether the calling thread is running one of these tasks. */
  public final boolean isRunningHere() {
    return runner == Thread.currentThread();
  }

  /** How many tasks wait. */
  public final synchronized int waiting() {
    return waiting.size();
  }

  final void runOne() {
    Runnable task;
    synchronized (this) {
      task = mayRun() ? waiting.poll() : null;
    }
    Thread before = runner;
    runner = Thread.currentThread();
    try {
      if (task != null) {
        task.run();
      }
    } finally {
      runner = before;
      becomeReady(true);
    }
  }

  /** Takes the next turn if there is something to run. */
  final void becomeReady(boolean afterTurn) {
    synchronized (this) {
      if (afterTurn) {
        inReady = false;
      }
      if (inReady || waiting.isEmpty() || !mayRun()) {
        return;
      }
      inReady = true;
    }
    time.addReady(this);
  }

  /** Whether tasks may run now. Under the lock. */
  boolean mayRun() {
    return true;
  }

  @Override
  public final String toString() {
    return name;
  }
}
