package dev.earshot.session.internal;

import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.wire.Farewell;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who asked for a connection, and waits for what becomes of it. Pure; owned by a {@link
 * MeshMachine}.
 *
 * <p>A request follows its connection until it is known who is there; from then on it waits for
 * that peer, by whatever connection it comes to be connected.
 */
final class ConnectRequests {
  private final Map<Long, Request> waiting = new LinkedHashMap<>();
  private final Map<Link, Set<Request>> byLink = new HashMap<>();
  private final Consumer<Effect> effects;

  private static final class Request {
    final long number;
    final Link link;
    @Nullable PeerId peer;

    Request(long number, Link link) {
      this.number = number;
      this.link = link;
    }
  }

  ConnectRequests(Consumer<Effect> effects) {
    this.effects = effects;
  }

  /** Has {@code number} wait for {@code link}. */
  void add(long number, Link link) {
    Request request = new Request(number, link);
    request.peer = link.stage == Link.Stage.KNOWN ? link.peer().id() : null;
    waiting.put(number, request);
    byLink.computeIfAbsent(link, l -> new LinkedHashSet<>()).add(request);
  }

  /** {@code id} is on the other side of {@code link}. */
  void reached(Link link, PeerId id) {
    byLink.getOrDefault(link, Set.of()).forEach(request -> request.peer = id);
  }

  /** {@code peer} is connected. */
  void connected(Peer peer) {
    List<Request> its =
        waiting.values().stream().filter(request -> peer.id().equals(request.peer)).toList();
    settle(its, request -> new Effect.Connected(request.number, peer));
  }

  /**
   * {@code link} is over.
   *
   * @param connected the peer on the other side, if it is connected nevertheless
   * @param busy whether another connection with it may still come about
   */
  void ended(Link link, Ending ending, Optional<Peer> connected, boolean busy) {
    if (connected.isPresent()) {
      connected(connected.get());
    } else if (!busy && !ending.is(Farewell.DUPLICATE)) {
      List<Request> its = List.copyOf(byLink.getOrDefault(link, Set.of()));
      NetworkException cause = ending.cause().orElseGet(() -> givenUp(link));
      settle(its, request -> new Effect.NotConnected(request.number, cause));
    }
  }

  private static NetworkException givenUp(Link link) {
    return new HandshakeException(
        HandshakeException.Reason.CLOSED, "the connection with " + link.endpoint + " was given up");
  }

  /** Request {@code number} has waited long enough. */
  void expired(long number, Function<Link, NetworkException> cause) {
    Request late = waiting.get(number);
    if (late != null) {
      settle(List.of(late), it -> new Effect.NotConnected(number, cause.apply(it.link)));
    }
  }

  /** All fail. */
  void failAll(NetworkException cause) {
    settle(
        List.copyOf(waiting.values()), request -> new Effect.NotConnected(request.number, cause));
  }

  private void forget(Request request) {
    waiting.remove(request.number);
    byLink.computeIfPresent(
        request.link,
        (link, its) -> {
          its.remove(request);
          return its.isEmpty() ? null : its;
        });
  }

  private void settle(List<Request> those, Function<Request, Effect> outcome) {
    those.forEach(this::forget);
    those.forEach(request -> effects.accept(outcome.apply(request)));
  }
}
