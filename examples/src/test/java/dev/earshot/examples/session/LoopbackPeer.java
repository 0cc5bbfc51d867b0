package dev.earshot.examples.session;

import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.Payload;
import dev.earshot.Security;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerState;
import dev.earshot.session.ResourceOffer;
import dev.earshot.session.Session;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A session on loopback over real sockets, with what happened to it. */
final class LoopbackPeer implements Session.Handler, AutoCloseable {
  static final int SECONDS = 20;

  final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  final BlockingQueue<NetworkException> failures = new LinkedBlockingQueue<>();
  final BlockingQueue<PeerState> states = new LinkedBlockingQueue<>();
  final Session session;
  volatile Consumer<ResourceOffer> onOffer = offer -> offer.decline("not expected");
  volatile BiFunction<Peer, List<X509Certificate>, CompletionStage<Boolean>> onTrust =
      (peer, chain) -> Session.Handler.super.trust(session(), peer, chain);
  private final ExecutorService queue =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "user of " + this);
            thread.setDaemon(true);
            return thread;
          });

  LoopbackPeer(
      Network network, Peer self, Security security, UnaryOperator<Session.Builder> options) {
    session =
        options
            .apply(
                Session.builder(network, self)
                    .security(security)
                    .link(loopback(network))
                    .withoutDiscovery())
            .build();
    session.start(this, queue);
  }

  LoopbackPeer(Network network, String name, Security security) {
    this(network, Peer.named(name), security, builder -> builder);
  }

  private static NetworkLink loopback(Network network) {
    return network.links().stream()
        .filter(link -> link.type() == LinkType.LOOPBACK)
        .findFirst()
        .orElseThrow();
  }

  Peer self() {
    return session.self();
  }

  LoopbackPeer ready() throws Exception {
    session.ready().get(SECONDS, TimeUnit.SECONDS);
    return this;
  }

  Endpoint endpoint() {
    return Endpoint.hostPort("127.0.0.1", session.port().orElseThrow());
  }

  Peer connect(LoopbackPeer other) throws Exception {
    return get(session.connect(other.endpoint()));
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  InetSocketAddress local(LoopbackPeer other) {
    return session.currentPath(other.self()).orElseThrow().localEndpoint().orElseThrow();
  }

  InetSocketAddress remote(LoopbackPeer other) {
    return session.currentPath(other.self()).orElseThrow().remoteEndpoint().orElseThrow();
  }

  boolean knows(LoopbackPeer other) {
    return session.connectedPeers().contains(other.self());
  }

  @Override
  public CompletionStage<Boolean> trust(Session itself, Peer peer, List<X509Certificate> chain) {
    return onTrust.apply(peer, chain);
  }

  private Session session() {
    return session;
  }

  @Override
  public void messageReceived(Session itself, Peer from, Payload message) {
    messages.add(from.displayName() + ": " + message.toUtf8String());
  }

  @Override
  public void peerUpdated(Session itself, Peer peer, PeerState state) {
    states.add(state);
  }

  @Override
  public void connectFailed(Session itself, Endpoint endpoint, NetworkException cause) {
    failures.add(cause);
  }

  @Override
  public void resourceOffered(Session itself, ResourceOffer offer) {
    onOffer.accept(offer);
  }

  @Override
  public void close() {
    session.close();
    queue.shutdown();
  }

  @Override
  public String toString() {
    return session == null ? "nobody" : self().displayName();
  }
}
