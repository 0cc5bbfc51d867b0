package dev.earshot.session.internal;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.session.NearbyPeer;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerState;
import dev.earshot.session.ResourceOffer;
import dev.earshot.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Writes down what happens to a session. Thread-safe. */
final class RecordingSession implements Session.Handler {
  final List<String> states = new CopyOnWriteArrayList<>();
  final List<String> peers = new CopyOnWriteArrayList<>();
  final List<String> messages = new CopyOnWriteArrayList<>();
  final List<NetworkException> causes = new CopyOnWriteArrayList<>();
  final List<NetworkException> failures = new CopyOnWriteArrayList<>();
  final List<Set<NearbyPeer>> nearby = new CopyOnWriteArrayList<>();
  final List<Endpoint.Bonjour> advertised = new CopyOnWriteArrayList<>();
  final List<ResourceOffer> offers = new CopyOnWriteArrayList<>();
  final List<String> violations = new ArrayList<>();
  volatile Consumer<ResourceOffer> onOffer = offers::add;
  private final AtomicInteger inside = new AtomicInteger();

  @Override
  public void stateUpdated(Session session, Session.State state) {
    record(states, state.getClass().getSimpleName());
  }

  @Override
  public void peerUpdated(Session session, Peer peer, PeerState state) {
    record(peers, peer.displayName() + " " + state.getClass().getSimpleName());
    if (state instanceof PeerState.Connected && !session.connectedPeers().contains(peer)) {
      violations.add(peer + " is connected and not among the connected");
    }
    if (state instanceof PeerState.Disconnected gone) {
      gone.cause().ifPresent(causes::add);
    }
  }

  @Override
  public void nearbyPeersChanged(Session session, Set<NearbyPeer> found) {
    record(nearby, found);
  }

  @Override
  public void messageReceived(Session session, Peer from, Payload message) {
    record(messages, from.displayName() + ": " + message.toUtf8String());
  }

  @Override
  public void resourceOffered(Session session, ResourceOffer offer) {
    onOffer.accept(offer);
  }

  @Override
  public void connectFailed(Session session, Endpoint endpoint, NetworkException cause) {
    record(failures, cause);
  }

  @Override
  public void advertised(Session session, Endpoint.Bonjour endpoint) {
    record(advertised, endpoint);
  }

  private <T> void record(List<T> list, T what) {
    if (inside.incrementAndGet() != 1) {
      violations.add("overlaps: " + what);
    }
    list.add(what);
    inside.decrementAndGet();
  }
}
