package dev.earshot.internal.connection;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens once and that many may wait for, each with a future of its own. Completed
 * on the queue, by its owner only; {@link #future} may be called on any thread.
 */
final class Promise<T> extends CompletableFuture<T> {
  private final Crossing crossing;

  Promise(Crossing crossing) {
    this.crossing = crossing;
  }

  /** A future of the caller's own; completed or cancelled by the caller it changes nothing here. */
  CompletableFuture<T> future() {
    CompletableFuture<T> own = new CompletableFuture<>();
    crossing.later(() -> whenComplete((value, cause) -> settle(own, value, cause)));
    return own;
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
