package dev.earshot.session.internal;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerState;
import dev.earshot.session.internal.wire.Body;

/** What {@link MeshMachine} wants done, in this order. Immutable. */
sealed interface Effect {

  /**
   * Dial; then tell the machine {@code opened} or {@code ended}.
   *
   * @param link the number of the new connection
   * @param to where to
   */
  record Dial(long link, Endpoint to) implements Effect {}

  /**
   * Send an envelope.
   *
   * @param link on which connection
   * @param body what it says
   */
  record Say(long link, Body body) implements Effect {}

  /**
   * Let users exchange content over a connection.
   *
   * @param link which
   * @param peer with whom
   * @param hello what it said of itself
   */
  record Open(long link, Peer peer, Body.Hello hello) implements Effect {}

  /**
   * End a connection once everything was sent; nothing that still arrives on it counts.
   *
   * @param link which
   */
  record End(long link) implements Effect {}

  /**
   * Tell the user how things stand with a peer.
   *
   * @param peer which
   * @param state how
   */
  record Report(Peer peer, PeerState state) implements Effect {}

  /**
   * Tell the user that no connection came about.
   *
   * @param endpoint with whom
   * @param cause why
   */
  record ReportFailure(Endpoint endpoint, NetworkException cause) implements Effect {}

  /**
   * A request to connect has succeeded.
   *
   * @param request which
   * @param peer who was reached
   */
  record Connected(long request, Peer peer) implements Effect {}

  /**
   * A request to connect has failed.
   *
   * @param request which
   * @param cause why
   */
  record NotConnected(long request, NetworkException cause) implements Effect {}
}
