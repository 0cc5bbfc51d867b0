package dev.earshot.architecture.samples.internal;

import java.util.concurrent.CompletableFuture;

/** Runs where everybody runs. */
final class PoolSwimmer {
  private PoolSwimmer() {}

  static CompletableFuture<Void> swim(Runnable task) {
    return CompletableFuture.runAsync(task);
  }
}
