package dev.earshot.spi;

import dev.earshot.Parameters;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * What to bind, and how. Immutable.
 *
 * @param locals the addresses to bind, all to the same port; the port 0 means one that is free on
 *     all of them
 * @param parameters how
 * @param security how streams are protected; empty for not at all
 * @param datagramSecurity how datagrams are protected; empty for not at all
 * @param peerTrust who is trusted, for a protocol that protects itself
 */
public record ListenRequest(
    List<InetSocketAddress> locals,
    Parameters parameters,
    Optional<StreamSecurity> security,
    Optional<DatagramSecurity> datagramSecurity,
    Optional<PeerTrust> peerTrust) {
  /** Copies the addresses. */
  public ListenRequest {
    locals = List.copyOf(locals);
  }

  /** What to bind without protection of datagrams. */
  public ListenRequest(
      List<InetSocketAddress> locals, Parameters parameters, Optional<StreamSecurity> security) {
    this(locals, parameters, security, Optional.empty(), Optional.empty());
  }
}
