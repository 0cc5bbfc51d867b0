package dev.earshot.spi;

import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What to connect to, and how. Immutable.
 *
 * @param remote the address, resolved; an IPv6 scope id is kept
 * @param local the local address to leave from, any if empty; the port is that of the parameters
 * @param endpoint what the user asked for, for messages and for the {@code Host} header
 * @param parameters how
 * @param security how a stream is protected; empty for not at all
 * @param datagramSecurity how datagrams are protected; empty for not at all
 * @param peerTrust who is trusted, for a protocol that protects itself
 */
public record DialRequest(
    InetSocketAddress remote,
    Optional<InetAddress> local,
    Endpoint endpoint,
    Parameters parameters,
    Optional<StreamSecurity> security,
    Optional<DatagramSecurity> datagramSecurity,
    Optional<PeerTrust> peerTrust) {

  /** What to connect to without protection of datagrams. */
  public DialRequest(
      InetSocketAddress remote,
      Optional<InetAddress> local,
      Endpoint endpoint,
      Parameters parameters,
      Optional<StreamSecurity> security) {
    this(remote, local, endpoint, parameters, security, Optional.empty(), Optional.empty());
  }
}
