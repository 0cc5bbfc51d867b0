package dev.earshot.internal.connection;

import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.Loop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The way from whatever thread a user calls on to the loop and to the queue. Thread-safe.
 *
 * @param loop what owns the connection's state
 * @param queue where the user's code runs
 */
record Crossing(Loop loop, SerialQueue queue) {

  /**
   * Runs {@code task} on the queue, later, never inside this call. It goes by the loop unless the
   * caller is a task of the queue, so that a queue which runs its tasks in the calling thread runs
   * them on a library thread, not inside the user's call.
   */
  void later(Runnable task) {
    if (queue.inQueue()) {
      queue.execute(task);
    } else {
      toLoop(() -> queue.execute(task), () -> queue.execute(task));
    }
  }

  /** Completes {@code future} on the queue, later. */
  <T> CompletableFuture<T> failLater(CompletableFuture<T> future, Throwable cause) {
    later(() -> future.completeExceptionally(cause));
    return future;
  }

  /** Has the loop answer, or whoever asks if the network has been closed; told on the queue. */
  <T> CompletableFuture<T> ask(Supplier<T> question) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Runnable answer =
        () -> {
          T found = question.get();
          queue.execute(() -> future.complete(found));
        };
    toLoop(answer, answer);
    return future;
  }

  /** Runs {@code task} on the loop, or {@code ifGone} at once if the network has been closed. */
  void toLoop(Runnable task, Runnable ifGone) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException closed) {
      ifGone.run();
    }
  }
}
