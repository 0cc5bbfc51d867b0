package dev.earshot;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The way that a connection's bytes take. Immutable.
 *
 * @param status whether the path can be used now
 * @param link the link that the path leaves this computer by, if known
 * @param localEndpoint the address and port on this side, if connected
 * @param remoteEndpoint the address and port on the other side, if known; an IPv6 link-local
 *     address keeps its scope id
 */
public record NetworkPath(
    Status status,
    Optional<NetworkLink> link,
    Optional<InetSocketAddress> localEndpoint,
    Optional<InetSocketAddress> remoteEndpoint) {

  /** Whether a path can be used. */
  public enum Status {
    /** It can carry bytes now. */
    SATISFIED,
    /** A link or address that it needs is gone, perhaps for a moment. */
    UNSATISFIED
  }

  /** The same path by {@code known}. */
  public NetworkPath withLink(NetworkLink known) {
    return new NetworkPath(status, Optional.of(known), localEndpoint, remoteEndpoint);
  }

  /** The same path with another status. */
  public NetworkPath withStatus(Status other) {
    return new NetworkPath(other, link, localEndpoint, remoteEndpoint);
  }
}
