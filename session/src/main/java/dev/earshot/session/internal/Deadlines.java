package dev.earshot.session.internal;

import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * What is to be done later, by a time that the owner tells. Does nothing by itself. Not safe for
 * several threads.
 */
final class Deadlines {
  private final PriorityQueue<Deadline> waiting = new PriorityQueue<>();
  private long made;

  /** How many of those that wait are cancelled. */
  private int cancelled;

  /** Something to be done at a time, unless cancelled. */
  static final class Deadline implements Comparable<Deadline> {
    private final long nanos;
    private final long order;
    private final Runnable task;
    private boolean cancelled;
    private boolean done;

    private Deadline(long nanos, long order, Runnable task) {
      this.nanos = nanos;
      this.order = order;
      this.task = task;
    }

    /** When it is due. */
    long nanos() {
      return nanos;
    }

    @Override
    public int compareTo(Deadline other) {
      long difference = nanos - other.nanos; // readings of a clock compare by difference only
      return difference != 0 ? Long.signum(difference) : Long.compare(order, other.order);
    }
  }

  /** Has {@code task} done at {@code nanos}. */
  Deadline at(long nanos, Runnable task) {
    Deadline deadline = new Deadline(nanos, made++, task);
    waiting.add(deadline);
    return deadline;
  }

  /** Makes {@code deadline} not be done. */
  void cancel(Deadline deadline) {
    if (deadline.cancelled || deadline.done) {
      return;
    }
    deadline.cancelled = true;
    cancelled++;
    dropCancelled();
    if (cancelled > 64 && cancelled > waiting.size() / 2) { // rarely: each costs little on average
      waiting.removeIf(one -> one.cancelled);
      cancelled = 0;
    }
  }

  /** When there is something to be done. */
  OptionalLong next() {
    Deadline first = waiting.peek();
    return first == null ? OptionalLong.empty() : OptionalLong.of(first.nanos);
  }

  /** Does what is due at {@code now}. */
  void run(long now) {
    while (!waiting.isEmpty() && waiting.peek().nanos - now <= 0) {
      Deadline due = waiting.remove(); // the first is never a cancelled one
      due.done = true;
      dropCancelled();
      due.task.run();
    }
  }

  /** Forgets all. */
  void clear() {
    waiting.forEach(one -> one.done = true);
    waiting.clear();
    cancelled = 0;
  }

  private void dropCancelled() {
    while (!waiting.isEmpty() && waiting.peek().cancelled) {
      waiting.remove();
      cancelled--;
    }
  }
}
