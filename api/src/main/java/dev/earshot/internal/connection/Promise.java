package dev.earshot.internal.connection;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens once and that many may wait for, each with a future of its own. Completed
 * on the queue; {@link #future} may be called on any thread.
 */
final class Promise<T> {
  private final Crossing crossing;
  private final CompletableFuture<T> outcome = new CompletableFuture<>();

  Promise(Crossing crossing) {
    this.crossing = crossing;
  }

  /** A future of the caller's own; completed or cancelled by the caller it changes nothing here. */
  CompletableFuture<T> future() {
    CompletableFuture<T> own = new CompletableFuture<>();
    crossing.later(() -> outcome.whenComplete((value, cause) -> settle(own, value, cause)));
    return own;
  }

  /** Completes it, unless it is complete. On the queue. */
  void complete(@Nullable T value) {
    outcome.complete(value);
  }

  /** Fails it, unless it is complete. On the queue. */
  void fail(Throwable cause) {
    outcome.completeExceptionally(cause);
  }

  private static <T> void settle(
      CompletableFuture<T> own, @Nullable T value, @Nullable Throwable cause) {
    if (cause == null) {
      own.complete(value);
    } else {
      own.completeExceptionally(cause);
    }
  }
}
