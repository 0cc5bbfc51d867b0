package dev.earshot.internal;

import dev.earshot.internal.connection.LiveConnection;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * How a network ends, within a second: every handle is cancelled; when listeners and browsers have
 * ended, discovery is closed; when connections have ended too, the transport; then the threads.
 * What has not ended after {@link #IN_ORDER} is ended without farewell.
 *
 * <p>It waits for what handles hold on their loops, never for a user's queue: so it may be called
 * in a handler. Called on a loop, it does not wait at all. Thread-safe.
 */
final class NetworkEnd {
  // All from the beginning on, and the last well within the second that is promised, so that a
  // computer with much to do keeps the promise too.

  /** Until when everything may end by itself. */
  private static final Duration IN_ORDER = Duration.ofMillis(550);

  /** Until when it may end after that. */
  private static final Duration FORCED = Duration.ofMillis(700);

  /** Until when threads may end. */
  private static final Duration THREADS = Duration.ofMillis(750);

  private static final Duration SECOND = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger("dev.earshot");

  private final WatchedTransport transport;
  private final HandleSet<LiveConnection> connections;
  private final HandleSet<AutoCloseable> doors;
  private final Ending transportEnding;
  private final Ending discoveryEnding;
  private final List<WorkerThreads> threads;
  private final LongSupplier clock;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  /**
   * The end of a network.
   *
   * @param discovery what ends discovery, or does nothing
   * @param threads the network's own threads, if it has any
   * @param clock nanoseconds
   */
  NetworkEnd(
      WatchedTransport transport,
      AutoCloseable discovery,
      HandleSet<LiveConnection> connections,
      HandleSet<AutoCloseable> doors,
      List<WorkerThreads> threads,
      LongSupplier clock) {
    this.transport = transport;
    this.connections = connections;
    this.doors = doors;
    this.transportEnding = new Ending("transport", transport);
    this.discoveryEnding = new Ending("discovery", discovery);
    this.threads = threads;
    this.clock = clock;
  }

  /** Whether it has begun. */
  boolean hasBegun() {
    return begun.get();
  }

  /** Ends the network, or waits until another call has done so. */
  void end() {
    Patience patience = new Patience(clock);
    boolean first = begun.compareAndSet(false, true);
    if (first) {
      cancelHandles();
    }
    if (transport.isOnLoop()) {
      if (first) {
        // Waiting here would keep the loop from ending what is waited for.
        WorkerThreads.daemon("earshot-close", () -> finish(new Patience(clock))).start();
      }
    } else if (first) {
      finish(patience);
    } else {
      patience.await(done, THREADS);
      patience.restoreInterrupt();
    }
  }

  private void cancelHandles() {
    each(doors.close(), AutoCloseable::close);
    each(connections.close(), LiveConnection::goAway);
    // Handles that hold nothing are not counted: they have ended when their loops have seen to it.
    CompletableFuture<Void> uncounted = transport.caughtUp();
    doors.drained().thenRun(discoveryEnding::begin);
    CompletableFuture.allOf(doors.drained(), connections.drained(), uncounted)
        .thenRun(transportEnding::begin);
  }

  private void finish(Patience patience) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(discoveryEnding.done(), transportEnding.done());
    if (!patience.await(all, IN_ORDER)) {
      // There may be very many, and the caller is not to wait for longer than is promised.
      WorkerThreads.daemon("earshot-close-forced", () -> force(all)).start();
    }
    patience.await(all, FORCED);
    threads.forEach(owned -> owned.close(patience, THREADS));
    done.complete(null);
    patience.restoreInterrupt();
  }

  private void force(CompletableFuture<Void> all) {
    Patience patience = new Patience(clock);
    each(connections.open(), LiveConnection::forceCancel);
    discoveryEnding.begin();
    transportEnding.begin();
    if (!patience.await(all, SECOND.minus(IN_ORDER))) {
      warn();
    }
  }

  private void warn() {
    String late =
        List.of(discoveryEnding, transportEnding).stream()
            .filter(ending -> !ending.done().isDone())
            .map(Ending::toString)
            .reduce((one, other) -> one + " and " + other)
            .orElse("nothing");
    LOG.log(Level.WARNING, () -> "not closed within a second: " + late + "; it goes on by itself");
  }

  /** A way to end a handle. */
  private interface Step<T> {
    void take(T handle) throws Exception;
  }

  private static <T> void each(List<T> handles, Step<T> step) {
    for (T handle : handles) {
      try {
        step.take(handle);
      } catch (Exception e) {
        LOG.log(Level.WARNING, "cancelling " + handle, e);
      }
    }
  }
}
