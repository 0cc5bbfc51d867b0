package dev.earshot.session.internal;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lets users' threads send over a connection until it is shut, and says when the last is through:
 * so that a goodbye comes after everything that a user was told was taken.
 *
 * <p>Lock-free; any thread. It is shut once.
 */
final class SendGate {
  private static final int SHUT = 1 << 31;

  /** How many are inside, and whether it is shut. */
  private final AtomicInteger state = new AtomicInteger(SHUT);

  /** What the last one out is to do; set before the gate is shut. */
  private volatile @Nullable Runnable last;

  /** Opens it; at first it is shut. */
  void open() {
    state.set(0);
  }

  /** Goes in; false if it is shut. */
  boolean enter() {
    while (true) {
      int now = state.get();
      if ((now & SHUT) != 0) {
        return false;
      }
      if (state.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /** Goes out. */
  void leave() {
    if (state.decrementAndGet() == SHUT) {
      runLast();
    }
  }

  /** Shuts it, and has {@code task} done once nobody is inside, by whoever leaves last. Once. */
  void shut(Runnable task) {
    last = task;
    if (state.getAndUpdate(now -> now | SHUT) << 1 == 0) {
      runLast();
    }
  }

  private void runLast() {
    Objects.requireNonNull(last).run();
  }
}
