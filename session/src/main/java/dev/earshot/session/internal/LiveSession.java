package dev.earshot.session.internal;

import dev.earshot.CancelledException;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.SecurityMetadata;
import dev.earshot.TooLargeException;
import dev.earshot.UnreachableException;
import dev.earshot.session.NearbyPeer;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.ResourceTransfer;
import dev.earshot.session.SendResult;
import dev.earshot.session.Session;
import dev.earshot.session.internal.queue.SessionQueue;
import dev.earshot.session.internal.resource.DiskThreads;
import dev.earshot.session.internal.resource.Resources;
import dev.earshot.session.internal.stream.SideStreams;
import dev.earshot.session.internal.wire.EnvelopeWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The session behind {@link Session}: its life cycle, and the way to its parts. Any thread. */
public final class LiveSession implements Session {
  /** Longer than leaving may take. */
  private static final int LEAVING_SECONDS = 2;

  private final SessionOptions options;
  private final Switchboard.Tools tools;
  private final SessionQueue queue;

  /** Completes with the session's end, on whatever thread that comes about. */
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private final CompletableFuture<Session> ready = new CompletableFuture<>();

  /** What a session has once it is started. */
  private volatile @Nullable Parts parts;

  private volatile State state = new State.Setup();

  /** Whether the user wants it to end. */
  private volatile boolean asked;

  /** On the session's queue. */
  private boolean leaving;

  private record Parts(
      Callbacks callbacks, Switchboard switchboard, Doorway doorway, @Nullable Lookout lookout) {}

  LiveSession(SessionOptions options) {
    this(
        options,
        new Switchboard.Tools(new SecureRandom(), new DiskThreads(options.self().displayName())));
  }

  /** A session with other tools, which {@link #leave} closes if they can be. */
  LiveSession(SessionOptions options, Switchboard.Tools tools) {
    this.options = options;
    this.tools = tools;
    this.queue = new SessionQueue(options.network().clock());
  }

  /** A builder for a session of {@code self} on {@code network}. */
  public static Builder builder(Network network, Peer self) {
    return new SessionBuilder(network, self);
  }

  // ---- life

  @Override
  public Session start(Handler handler, Executor executor) {
    Objects.requireNonNull(handler, "handler");
    Callbacks callbacks = new Callbacks(this, handler, Objects.requireNonNull(executor, "queue"));
    Parts made = makeParts(callbacks); // which own nothing before they are started
    synchronized (ended) {
      if (parts != null || ended.isDone()) {
        throw new IllegalStateException("a session starts once");
      }
      parts = made;
    }
    queue.execute(this::begin);
    return this;
  }

  private Parts makeParts(Callbacks callbacks) {
    Switchboard switchboard = new Switchboard(options, queue, callbacks, tools);
    Doorway doorway = new Doorway(options, queue, callbacks, switchboard, new Door());
    Lookout lookout =
        options
            .discovery()
            .map(type -> new Lookout(options, type, queue, callbacks, switchboard))
            .orElse(null);
    return new Parts(callbacks, switchboard, doorway, lookout);
  }

  private void begin() {
    Parts made = parts();
    if (!leaving) {
      made.doorway().start();
      if (made.lookout() != null) {
        made.lookout().start();
      }
    }
  }

  private Parts parts() {
    Parts made = parts;
    if (made == null) {
      throw new IllegalStateException(
          asked ? "the session was left" : "the session has not been started");
    }
    return made;
  }

  /** The side streams that it expects; once it was started. */
  SideStreams streams() {
    return parts().switchboard().streams();
  }

  private void enter(State next) {
    state = next;
    parts().callbacks().stateUpdated(next);
  }

  /** What the doorway says, on the session's queue. */
  private final class Door implements Doorway.Owner {
    @Override
    public void listening() {
      if (!leaving && state instanceof State.Setup) {
        enter(new State.Ready());
        parts().callbacks().complete(ready, LiveSession.this);
      }
    }

    @Override
    public void notListening(NetworkException cause) {
      if (!leaving && cause instanceof CancelledException) {
        end();
      } else if (!leaving) {
        leaving = true;
        Parts made = parts();
        enter(new State.Failed(cause));
        made.callbacks().fail(ready, cause);
        endParts(made);
      }
    }

    @Override
    public void advertised(Endpoint.Bonjour endpoint) {
      Lookout lookout = parts().lookout();
      if (lookout != null) {
        lookout.advertised(endpoint);
      }
    }
  }

  @Override
  public CompletableFuture<Void> leave() {
    CompletableFuture<Void> left = new CompletableFuture<>();
    Parts made = beginToEnd();
    if (made == null) {
      left.complete(null);
    } else {
      ended.whenComplete((nothing, failure) -> made.callbacks().run(() -> left.complete(null)));
    }
    return left;
  }

  /** Has the session end; what it has, or null if it was never started and has ended now. */
  private @Nullable Parts beginToEnd() {
    Parts made;
    synchronized (ended) {
      asked = true;
      made = parts;
      if (made == null) {
        state = new State.Left();
        ready.completeExceptionally(new CancelledException("the session was left"));
        ended.complete(null);
        return null;
      }
    }
    queue.execute(this::end);
    return made;
  }

  /** On the session's queue. */
  private void end() {
    Parts made = parts();
    if (ended.isDone() || state instanceof State.Left) {
      return;
    }
    boolean failedBefore = leaving;
    if (!failedBefore) {
      leaving = true;
      made.callbacks().fail(ready, new CancelledException("the session was left"));
    }
    state = new State.Left();
    endParts(made)
        .whenComplete(
            (nothing, failure) -> {
              if (tools.disk() instanceof DiskThreads threads) {
                threads.close();
              }
              made.callbacks().stateUpdated(new State.Left());
              ended.complete(null);
            });
  }

  private CompletableFuture<Void> endParts(Parts made) {
    CompletableFuture<Void> connections = made.switchboard().leave();
    CompletableFuture<Void> listener = made.doorway().cancel();
    Lookout lookout = made.lookout();
    return lookout == null
        ? CompletableFuture.allOf(connections, listener)
        : CompletableFuture.allOf(connections, listener, lookout.cancel());
  }

  @Override
  public void close() {
    Parts made = beginToEnd();
    if (made == null || queue.inQueue() || made.callbacks().inQueue()) {
      return;
    }
    try {
      ended.get(LEAVING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it goes on leaving without being waited for
    } catch (ExecutionException | TimeoutException e) {
      System.getLogger("dev.earshot.session")
          .log(System.Logger.Level.WARNING, "a session did not end in time", e);
    }
  }

  // ---- what can be asked

  @Override
  public State state() {
    return state;
  }

  @Override
  public CompletableFuture<Session> ready() {
    return ready.copy();
  }

  @Override
  public Peer self() {
    return options.self();
  }

  @Override
  public OptionalInt port() {
    Parts made = parts;
    return made == null ? OptionalInt.empty() : made.doorway().port();
  }

  @Override
  public Set<Peer> connectedPeers() {
    Set<Peer> peers = new LinkedHashSet<>();
    connected().values().forEach(link -> peers.add(link.peer()));
    return Set.copyOf(peers);
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata(Peer peer) {
    return link(peer).flatMap(link -> link.connection().securityMetadata());
  }

  @Override
  public Optional<NetworkPath> currentPath(Peer peer) {
    return link(peer).flatMap(link -> link.connection().currentPath());
  }

  @Override
  public Set<NearbyPeer> nearbyPeers() {
    Parts made = parts;
    return made == null || made.lookout() == null ? Set.of() : made.lookout().nearby();
  }

  private Map<PeerId, PeerLink> connected() {
    Parts made = parts;
    return made == null ? Map.of() : made.switchboard().connected();
  }

  private Optional<PeerLink> link(Peer peer) {
    Objects.requireNonNull(peer, "peer");
    return Optional.ofNullable(connected().get(peer.id()));
  }

  // ---- what can be done

  @Override
  public CompletableFuture<Peer> connect(Endpoint endpoint) {
    Objects.requireNonNull(endpoint, "endpoint");
    Parts made = parts();
    CompletableFuture<Peer> future = new CompletableFuture<>();
    queue.execute(() -> made.switchboard().connect(endpoint, future));
    return future;
  }

  @Override
  public CompletableFuture<SendResult> send(Payload message, Collection<Peer> to) {
    Payload envelope = EnvelopeWriter.message(Objects.requireNonNull(message, "message"));
    List<Peer> peers = List.copyOf(Objects.requireNonNull(to, "to")); // which may change meanwhile
    Parts made = parts();
    Optional<NetworkException> end = end(state);
    if (end.isPresent()) {
      CompletableFuture<SendResult> refused = new CompletableFuture<>();
      made.callbacks().fail(refused, end.get());
      return refused;
    }
    Delivery delivery = new Delivery(made.callbacks(), peers.size());
    for (Peer peer : peers) {
      PeerLink link = connected().get(peer.id());
      if (message.length() > options.maximumMessageSize()) {
        delivery.failed(peer, tooLarge(message));
      } else if (link == null) {
        delivery.failed(peer, new UnreachableException("message to " + peer + ": not connected"));
      } else {
        delivery.await(peer, link.send(envelope, message.length()));
      }
    }
    return delivery.result();
  }

  /** Why nothing can be sent any more, if nothing can. */
  private Optional<NetworkException> end(State now) {
    if (now instanceof State.Failed failed) {
      return Optional.of(failed.cause());
    }
    return asked || now instanceof State.Left
        ? Optional.of(new CancelledException("the session was left"))
        : Optional.empty();
  }

  private NetworkException tooLarge(Payload message) {
    return new TooLargeException(
        "message of %d bytes, limit %d: maximumMessageSize sets it"
            .formatted(message.length(), options.maximumMessageSize()));
  }

  @Override
  public CompletableFuture<SendResult> sendToAll(Payload message) {
    return send(message, connectedPeers());
  }

  @Override
  public ResourceTransfer sendResource(Path file, String name, Peer to) {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(to, "to");
    Resources resources = parts().switchboard().resources();
    return resources.send(file, name, to, connected().get(to.id()));
  }

  @Override
  public void disconnect(Peer peer) {
    Objects.requireNonNull(peer, "peer");
    Parts made = parts();
    queue.execute(() -> made.switchboard().disconnect(peer.id()));
  }
}
