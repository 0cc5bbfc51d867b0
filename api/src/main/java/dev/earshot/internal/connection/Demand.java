package dev.earshot.internal.connection;

import dev.earshot.spi.Pipe;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * When the pipe is asked for more: while somebody waits for what has not arrived, or less than the
 * receive buffer is unread. That is the whole of our back-pressure.
 *
 * <p>Two sides. The loop counts what has arrived and asks. The queue says what was used up and
 * whether a read is left over once it has looked at everything that had arrived; a read that is
 * left over counts only if nothing has arrived since, so that a queue which hangs, with a read
 * outstanding, cannot make the loop read without end.
 */
final class Demand {
  /** No read is outstanding. */
  static final long NOBODY_WAITS = -1;

  private final Crossing crossing;
  private final int buffer;
  private final Runnable ask = this::ask;

  /** Whether the loop has stopped asking, and wants to be told of changes. */
  private final AtomicBoolean idle = new AtomicBoolean();

  /** The cost of all that was used up; written by the queue. */
  private volatile long consumed;

  /** How much had arrived at the queue when it found that a read is left over. */
  private volatile long waitingAt = NOBODY_WAITS;

  /** The loop's: null before there is a pipe and after. */
  private @Nullable Pipe pipe;

  /** The cost of all that has arrived; written by the loop. */
  private volatile long arrived;

  private boolean asked;
  private boolean asking;

  Demand(Crossing crossing, int buffer) {
    this.crossing = crossing;
    this.buffer = buffer;
  }

  // ---- the queue

  /** Says how much was ever used up, and whether a read is left over after so much arrived. */
  void update(long totalConsumed, long leftOverAt) {
    consumed = totalConsumed;
    waitingAt = leftOverAt;
    // Written first, looked at afterwards; the loop goes idle first and looks afterwards.
    if (idle.get() && permits(leftOverAt, totalConsumed) && idle.compareAndSet(true, false)) {
      if (crossing.loop().inLoop()) {
        ask();
      } else {
        crossing.toLoop(ask, () -> {});
      }
    }
  }

  // ---- the loop

  /** Begins to ask {@code source}. */
  void begin(Pipe source) {
    crossing.loop().assertInLoop();
    pipe = source;
    ask();
  }

  /** Takes note that content of so much cost has come, and asks again if that is permitted. */
  void arrived(long cost) {
    crossing.loop().assertInLoop();
    asked = false;
    long total = arrived + cost;
    arrived = total;
  }

  /** Asks no more. */
  void end() {
    crossing.loop().assertInLoop();
    pipe = null;
  }

  /** Asks the pipe for as long as it answers at once and more is permitted. */
  void ask() {
    crossing.loop().assertInLoop();
    if (asking) {
      return;
    }
    asking = true;
    try {
      while (pipe != null && !asked && permittedUnlessIdle()) {
        asked = true;
        pipe.read();
      }
    } finally {
      asking = false;
    }
  }

  private boolean permittedUnlessIdle() {
    if (permits(waitingAt, consumed)) {
      if (idle.get()) {
        idle.set(false);
      }
      return true;
    }
    idle.set(true);
    return permits(waitingAt, consumed) && idle.compareAndSet(true, false);
  }

  private boolean permits(long leftOverAt, long used) {
    return leftOverAt == arrived || arrived - used < buffer;
  }
}
