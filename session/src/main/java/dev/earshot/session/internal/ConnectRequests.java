package dev.earshot.session.internal;

import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.wire.Farewell;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
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
  private final Consumer<Effect> effects;

  private static final class Request {
    final Link link;
    @Nullable PeerId peer;

    Request(Link link) {
      this.link = link;
    }
  }

  ConnectRequests(Consumer<Effect> effects) {
    this.effects = effects;
  }

  /** Has {@code number} wait for {@code link}. */
  void add(long number, Link link) {
    Request request = new Request(link);
    request.peer = link.stage == Link.Stage.KNOWN ? link.peer().id() : null;
    waiting.put(number, request);
  }

  /** {@code id} is on the other side of {@code link}. */
  void reached(Link link, PeerId id) {
    waiting.values().stream().filter(r -> r.link == link).forEach(r -> r.peer = id);
  }

  /** {@code peer} is connected. */
  void connected(Peer peer) {
    settle(
        request -> peer.id().equals(request.peer),
        (number, request) -> new Effect.Connected(number, peer));
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
      NetworkException cause =
          ending
              .cause()
              .orElseGet(
                  () ->
                      new HandshakeException(
                          HandshakeException.Reason.CLOSED,
                          "the connection with " + link.endpoint + " was given up"));
      settle(
          request -> request.link == link,
          (number, request) -> new Effect.NotConnected(number, cause));
    }
  }

  /** Request {@code number} has waited long enough. */
  void expired(long number, Function<Link, NetworkException> cause) {
    settle(
        (Request request) -> request == waiting.get(number),
        (n, request) -> new Effect.NotConnected(n, cause.apply(request.link)));
  }

  /** All fail. */
  void failAll(NetworkException cause) {
    settle(request -> true, (number, request) -> new Effect.NotConnected(number, cause));
  }

  private interface Outcome {
    Effect of(long number, Request request);
  }

  private void settle(Predicate<Request> which, Outcome outcome) {
    for (Map.Entry<Long, Request> entry : List.copyOf(waiting.entrySet())) {
      if (which.test(entry.getValue())) {
        waiting.remove(entry.getKey());
        effects.accept(outcome.of(entry.getKey(), entry.getValue()));
      }
    }
  }
}
