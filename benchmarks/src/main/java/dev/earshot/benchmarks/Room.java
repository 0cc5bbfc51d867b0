package dev.earshot.benchmarks;

import java.util.function.BooleanSupplier;

/** Where producers wait until there is room to send. Costs a volatile read while nobody waits. */
public final class Room {
  private volatile int waiting;
  private volatile Throwable ended;

  /** Blocks until the condition holds; whoever makes it true calls {@link #freed()} after. */
  public void await(BooleanSupplier enough) throws InterruptedException {
    if (enough.getAsBoolean() && ended == null) {
      return;
    }
    synchronized (this) {
      waiting++;
      try {
        while (!enough.getAsBoolean()) {
          check();
          wait();
        }
        check();
      } finally {
        waiting--;
      }
    }
  }

  /** Lets the waiting look again; any thread. */
  public void freed() {
    if (waiting > 0) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** Lets everyone who waits, now or later, fail. */
  public void end(Throwable cause) {
    ended = cause;
    synchronized (this) {
      notifyAll();
    }
  }

  private void check() {
    if (ended != null) {
      throw new IllegalStateException("the connection has ended", ended);
    }
  }
}
