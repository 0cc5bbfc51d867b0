package dev.earshot.internal.connection;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.EstablishmentReport;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkPath;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a user sees of a connection: written by the loop, read by any thread, told on the queue to
 * the handler and to whoever waits for it to be ready or over.
 */
@LoopConfined
final class Reports {
  private final Crossing crossing;
  private final Connection connection;
  private final Promise<Connection> ready;
  private final Promise<Void> cancelled;

  /** Whether the last state was told without a loop. */
  private final AtomicBoolean lastTold = new AtomicBoolean();

  /** Whether this side has ended it: from then on a failure is not told any more. */
  private volatile boolean endAsked;

  private volatile Connection.Handler handler = new Connection.Handler() {};

  private volatile Connection.State state = new Connection.State.Setup();
  private volatile @Nullable NetworkPath path;
  private volatile @Nullable EstablishmentReport establishment;
  private volatile Optional<SecurityMetadata> security = Optional.empty();
  private volatile Optional<HttpUpgrade> upgrade = Optional.empty();

  Reports(Crossing crossing, Connection connection) {
    this.crossing = crossing;
    this.connection = connection;
    this.ready = new Promise<>(crossing);
    this.cancelled = new Promise<>(crossing);
  }

  // ---- any thread

  Connection.State state() {
    return state;
  }

  Optional<NetworkPath> path() {
    return Optional.ofNullable(path);
  }

  Optional<SecurityMetadata> security() {
    return security;
  }

  Optional<HttpUpgrade> upgrade() {
    return upgrade;
  }

  Optional<EstablishmentReport> establishment() {
    return Optional.ofNullable(establishment);
  }

  Promise<Connection> ready() {
    return ready;
  }

  Promise<Void> cancelled() {
    return cancelled;
  }

  /** Takes note that the user, the group or the network ends it. */
  void endAsked() {
    endAsked = true;
  }

  // ---- the loop

  /** Who is told from now on. */
  void handler(Connection.Handler value) {
    crossing.loop().assertInLoop();
    handler = value;
  }

  void connected(NetworkPath found) {
    crossing.loop().assertInLoop();
    path = found;
  }

  void established(Pipe pipe, NetworkPath found, EstablishmentReport report) {
    crossing.loop().assertInLoop();
    establishment = report;
    path = found;
    security = pipe.securityMetadata();
    upgrade = pipe.upgrade();
  }

  /** A state was entered; {@link #settle} follows when all that it leads to has been done. */
  void entered(Connection.State now) {
    crossing.loop().assertInLoop();
    state = now;
    repeatState();
  }

  /** Tells those who wait for the state that was entered. */
  void settle() {
    Connection.State now = state;
    boolean awaited =
        !(now instanceof Connection.State.Preparing || now instanceof Connection.State.Waiting);
    if (awaited) {
      crossing.queue().execute(() -> settle(now));
    }
  }

  /**
   * The network is closed and there is no loop any more, so that any thread may say this. The
   * handler is told too: of a connection that was started, or was about to be.
   */
  void endedWithoutLoop() {
    Connection.State before = state;
    state = new Connection.State.Cancelled();
    if (!(before instanceof Connection.State.Cancelled) && lastTold.compareAndSet(false, true)) {
      repeatState();
    }
    settle();
  }

  /** The network was closed before the connection could start: {@code value} is told so. */
  void startedWithoutLoop(Connection.Handler value) {
    handler = value;
    state = new Connection.State.Cancelled();
    lastTold.set(true);
    repeatState();
    settle();
  }

  private void settle(Connection.State now) {
    if (now instanceof Connection.State.Ready) {
      ready.complete(connection);
    } else if (now instanceof Connection.State.Failed failed) {
      ready.completeExceptionally(failed.cause());
    } else if (now instanceof Connection.State.Cancelled) {
      if (!ready.isDone()) {
        ready.completeExceptionally(new CancelledException(connection + " was cancelled"));
      }
      cancelled.complete(null);
    }
  }

  /** Tells a handler that came late where the connection is. */
  void repeatState() {
    Connection.State current = state;
    tell(to -> tellUnlessEnded(to, current));
  }

  /** Who ends a connection need not hear that it has failed before that was done. On the queue. */
  private void tellUnlessEnded(Connection.Handler to, Connection.State current) {
    if (!endAsked || !(current instanceof Connection.State.Failed)) {
      to.stateUpdated(connection, current);
    }
  }

  void pathChanged(NetworkPath changed) {
    crossing.loop().assertInLoop();
    path = changed;
    tell(to -> to.pathUpdated(connection, changed));
  }

  void viability(boolean viable) {
    tell(to -> to.viabilityUpdated(connection, viable));
  }

  void betterPath(boolean available) {
    tell(to -> to.betterPathUpdated(connection, available));
  }

  private void tell(Consumer<Connection.Handler> what) {
    Connection.Handler to = handler;
    crossing.queue().execute(() -> what.accept(to));
  }
}
