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

  /** Something to be done at a time, unless cancelled. */
  static final class Deadline implements Comparable<Deadline> {
    private final long nanos;
    private final long order;
    private final Runnable task;
    private boolean cancelled;

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
    deadline.cancelled = true;
    if (deadline == waiting.peek()) {
      dropCancelled();
    } else if (waiting.size() > 64) {
      waiting.remove(deadline);
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
      Deadline due = waiting.remove();
      dropCancelled();
      if (!due.cancelled) {
        due.task.run();
      }
    }
  }

  /** Forgets all. */
  void clear() {
    waiting.clear();
  }

  private void dropCancelled() {
    while (!waiting.isEmpty() && waiting.peek().cancelled) {
      waiting.remove();
    }
  }
}
