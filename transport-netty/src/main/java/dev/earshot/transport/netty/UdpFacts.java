package dev.earshot.transport.netty;

import dev.earshot.NetworkPath;
import dev.earshot.UdpOptions;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What is known of a flow from its beginning. Immutable.
 *
 * @param remote the other side
 * @param path where it goes
 * @param peer the other side, for messages
 * @param options how datagrams travel
 * @param idleTimeout how long nothing may arrive; empty for ever
 * @param owner told on the loop what becomes of the flow
 */
record UdpFacts(
    InetSocketAddress remote,
    NetworkPath path,
    String peer,
    UdpOptions options,
    Optional<Duration> idleTimeout,
    Owner owner) {

  /** Who made the flow. On its loop. */
  interface Owner {
    /** Its handshake is over, if it has one; not told twice. */
    void opened(UdpFlow flow);

    /** It is over; not told twice. */
    void ended(UdpFlow flow);
  }

  /** The bytes that a datagram may have now, by what the system knows of the path. */
  int measure(DatagramChannel channel) {
    InetAddress local =
        path.localEndpoint().map(InetSocketAddress::getAddress).orElse(remote.getAddress());
    return UdpSystem.datagramSize(channel, local, remote);
  }
}
