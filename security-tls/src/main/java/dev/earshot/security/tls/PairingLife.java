package dev.earshot.security.tls;

import dev.earshot.CancelledException;
import dev.earshot.security.tls.Pairing.State;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a pairing is, and what its user is told of it: each state once, nothing after the last.
 *
 * <p>Threads: connections, the clock and the user all move it, each from its own thread, so it has
 * a lock, which is never held while anything outside is called.
 */
final class PairingLife {
  private final Pairing pairing;
  private final CompletableFuture<PairedPeer> paired = new CompletableFuture<>();

  /** Under the lock, as the next two. */
  private State state = new State.Setup();

  private @Nullable Callbacks callbacks;
  private Pairing.@Nullable Handler handler;

  PairingLife(Pairing pairing) {
    this.pairing = pairing;
  }

  /** Leaves {@link State.Setup}. */
  void begin(Pairing.Handler told, Executor queue) {
    Objects.requireNonNull(told, "handler");
    Callbacks made = new Callbacks(Objects.requireNonNull(queue, "queue"));
    synchronized (this) {
      if (!(state instanceof State.Setup)) {
        throw new IllegalStateException("a pairing was started, or cancelled, before");
      }
      handler = told;
      callbacks = made;
      publish(new State.Preparing());
    }
    made.run();
  }

  synchronized State state() {
    return state;
  }

  /**
   * Enters {@code next}, after telling the user {@code before} it.
   *
   * @return false if it was over already, and nothing is told
   */
  boolean enter(State next, Consumer<Pairing.Handler> before) {
    Callbacks told;
    synchronized (this) {
      if (state.isOver()) {
        return false;
      }
      told = callbacks;
      if (told == null) { // never started: there is nobody to tell, and no queue to do it on
        state = next;
      } else {
        queue(told, before);
        publish(next);
      }
    }
    if (told == null) {
      complete(next);
    } else {
      told.run();
    }
    return true;
  }

  boolean enter(State next) {
    return enter(next, told -> {});
  }

  /** Tells the user something while it is not over. */
  void tell(Consumer<Pairing.Handler> what) {
    Callbacks told;
    synchronized (this) {
      told = callbacks;
      if (told == null || state.isOver()) {
        return;
      }
      queue(told, what);
    }
    told.run();
  }

  /** A future of its own for each who asks; it fails with the cause itself, not with a wrapping. */
  CompletableFuture<PairedPeer> paired() {
    CompletableFuture<PairedPeer> own = new CompletableFuture<>();
    paired.whenComplete(
        (peer, cause) -> {
          if (cause == null) {
            own.complete(peer);
          } else {
            own.completeExceptionally(cause);
          }
        });
    return own;
  }

  /** Under the lock. */
  private void publish(State next) {
    state = next;
    Callbacks told = Objects.requireNonNull(callbacks);
    queue(told, to -> to.stateUpdated(pairing, next));
    if (next.isOver()) {
      told.add(() -> complete(next));
    }
  }

  /** Under the lock. */
  private void queue(Callbacks told, Consumer<Pairing.Handler> what) {
    Pairing.Handler to = Objects.requireNonNull(handler);
    told.add(() -> what.accept(to));
  }

  private void complete(State last) {
    if (last instanceof State.Paired success) {
      paired.complete(success.peer());
    } else if (last instanceof State.Failed failed) {
      paired.completeExceptionally(failed.cause());
    } else {
      paired.completeExceptionally(new CancelledException("the pairing was cancelled"));
    }
  }
}
