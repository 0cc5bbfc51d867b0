package dev.earshot.internal.connection;

import dev.earshot.NetworkException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for room in a {@link SendQueue}, in the order in which they came. Any thread may
 * wait; the futures complete on the queue, many in one task.
 */
final class RoomQueue {
  private static final int TURN = 1_024;

  private final Crossing crossing;
  private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final Runnable grant = this::grant;

  /** The bytes that were ever taken, less than any before it is ready; written by the loop. */
  private volatile long taken = Long.MIN_VALUE;

  /** Why nobody gets room any more; written by the loop. */
  private volatile @Nullable NetworkException over;

  private record Waiter(CompletableFuture<Void> future, long threshold) {}

  RoomQueue(Crossing crossing) {
    this.crossing = crossing;
  }

  Crossing crossing() {
    return crossing;
  }

  /**
   * Completes {@code future} when {@code threshold} bytes have been taken, and gives it back.
   *
   * @param closing whether the send queue may be over by now, so that nothing would be taken
   */
  CompletableFuture<Void> await(CompletableFuture<Void> future, long threshold, boolean closing) {
    waiters.add(new Waiter(future, threshold));
    // Added first, looked at afterwards; the loop writes first and looks at the waiters afterwards.
    if (threshold <= taken || closing || over != null) {
      ask(true);
    }
    return future;
  }

  /** Takes note that {@code total} bytes have been taken. On the loop. */
  void grantUpTo(long total) {
    taken = total;
    Waiter first = waiters.peek();
    if (first != null && first.threshold <= total) {
      ask(false);
    }
  }

  /** Fails those who wait and those who come later. On the loop. */
  void end(NetworkException cause) {
    over = cause;
    if (!waiters.isEmpty()) {
      ask(false);
    }
  }

  private void ask(boolean byUser) {
    if (asked.compareAndSet(false, true)) {
      if (byUser) {
        crossing.later(grant);
      } else {
        crossing.queue().execute(grant);
      }
    }
  }

  private void grant() {
    crossing.queue().assertInQueue();
    asked.set(false);
    for (int i = 0; i < TURN; i++) {
      Waiter first = waiters.peek();
      NetworkException cause = over;
      if (first == null || (first.threshold > taken && cause == null)) {
        return;
      }
      waiters.remove();
      if (first.threshold <= taken || cause == null) {
        first.future.complete(null);
      } else {
        first.future.completeExceptionally(cause);
      }
    }
    ask(false); // whoever sends again as soon as there is room must not keep the queue to itself
  }
}
