package dev.earshot.internal;

import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of a provider, in a thread of its own, so that nobody has to wait longer than he wants.
 */
final class Ending {
  private static final System.Logger LOG = System.getLogger("dev.earshot");

  private final String what;
  private final AutoCloseable provider;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  Ending(String what, AutoCloseable provider) {
    this.what = what;
    this.provider = provider;
  }

  /** Begins, unless it has begun. */
  void begin() {
    if (begun.compareAndSet(false, true)) {
      WorkerThreads.daemon("earshot-close-" + what, this::run).start();
    }
  }

  /** Completes when it is over. */
  CompletableFuture<Void> done() {
    return done;
  }

  private void run() {
    try {
      provider.close();
    } catch (Exception e) {
      LOG.log(Level.WARNING, "closing the " + what, e);
    } finally {
      done.complete(null);
    }
  }

  @Override
  public String toString() {
    return what;
  }
}
