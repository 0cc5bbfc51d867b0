package dev.earshot.session.internal;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.session.NearbyPeer;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerState;
import dev.earshot.session.ResourceOffer;
import dev.earshot.session.Session;
import dev.earshot.session.internal.queue.SerialQueue;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What a session tells its user: the handler's methods and the futures, on the user's queue. May be
 * called on any thread; returns at once.
 */
final class Callbacks {
  /**
   * Failures of strangers that may wait to be told; more are dropped, since anybody can make them.
   */
  private static final int MAXIMUM_FAILURES = 64;

  private static final System.Logger LOG = System.getLogger("dev.earshot.session");

  private final Session session;
  private final Session.Handler handler;
  private final SerialQueue queue;
  private final AtomicInteger failures = new AtomicInteger();

  Callbacks(Session session, Session.Handler handler, Executor executor) {
    this.session = session;
    this.handler = handler;
    this.queue = new SerialQueue(executor);
  }

  /** Whether the calling thread is in one of the user's callbacks. */
  boolean inQueue() {
    return queue.inQueue();
  }

  void run(Runnable task) {
    queue.execute(task);
  }

  <T> void complete(CompletableFuture<T> future, T value) {
    queue.execute(() -> future.complete(value));
  }

  void fail(CompletableFuture<?> future, NetworkException cause) {
    queue.execute(() -> future.completeExceptionally(cause));
  }

  void stateUpdated(Session.State state) {
    queue.execute(() -> handler.stateUpdated(session, state));
  }

  void peerUpdated(Peer peer, PeerState state) {
    queue.execute(() -> handler.peerUpdated(session, peer, state));
  }

  void nearbyPeersChanged(Set<NearbyPeer> peers) {
    queue.execute(() -> handler.nearbyPeersChanged(session, peers));
  }

  /** Hands a message over, and tells {@code link} when it was handled. */
  void messageReceived(PeerLink link, Payload message) {
    link.delivering(message.length());
    queue.execute(
        () -> {
          try {
            handler.messageReceived(session, link.peer(), message);
          } finally {
            link.delivered(message.length());
          }
        });
  }

  void resourceOffered(ResourceOffer offer) {
    queue.execute(() -> handler.resourceOffered(session, offer));
  }

  void connectFailed(Endpoint endpoint, NetworkException cause) {
    if (failures.incrementAndGet() > MAXIMUM_FAILURES) {
      failures.decrementAndGet();
      LOG.log(Level.DEBUG, "not told, since too much waits to be: {0}", cause.getMessage());
      return;
    }
    queue.execute(
        () -> {
          failures.decrementAndGet();
          handler.connectFailed(session, endpoint, cause);
        });
  }

  /** Asks whether {@code peer} is trusted; {@code decided} is told on any thread. */
  void trust(Peer peer, List<X509Certificate> chain, Consumer<Boolean> decided) {
    queue.execute(
        () -> {
          CompletionStage<Boolean> answer;
          try {
            answer = handler.trust(session, peer, chain);
          } catch (Throwable mistake) { // must let nobody in, nor leave him waiting
            LOG.log(Level.WARNING, "whether " + peer + " is trusted was not decided", mistake);
            decided.accept(false);
            return;
          }
          if (answer == null) {
            decided.accept(false);
          } else {
            answer.whenComplete((trusted, error) -> decided.accept(Boolean.TRUE.equals(trusted)));
          }
        });
  }

  void advertised(Endpoint.Bonjour endpoint) {
    queue.execute(() -> handler.advertised(session, endpoint));
  }

  void discoveryFailed(NetworkException cause) {
    queue.execute(() -> handler.discoveryFailed(session, cause));
  }
}
