package dev.earshot.discovery.mdns;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who is on the same link, and who is this computer, as of the moment when it was made. Immutable.
 *
 * <p>Multicast DNS does not leave the link, so a packet from elsewhere was forged, or sent by
 * unicast from afar (RFC 6762, section 11).
 */
final class Neighbourhood {
  private final LinkAddress where;
  private final List<Subnet> subnets;
  private final Set<InetAddress> own;

  private record Subnet(byte[] address, int prefixLength) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < prefixLength; bit++) {
        int mask = 0x80 >> bit % 8;
        if ((address[bit / 8] & mask) != (other[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  private Neighbourhood(LinkAddress where, List<Subnet> subnets, Set<InetAddress> own) {
    this.where = where;
    this.subnets = subnets;
    this.own = own;
  }

  /** The neighbourhood of {@code where}. */
  static Neighbourhood of(LinkAddress where) throws SocketException {
    NetworkInterface link = NetworkInterface.getByName(where.link().name());
    if (link == null) {
      throw new SocketException("link " + where.link().name() + " went away");
    }
    List<Subnet> subnets =
        link.getInterfaceAddresses().stream().map(Neighbourhood::subnet).toList();
    Set<InetAddress> own =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .collect(Collectors.toUnmodifiableSet());
    return new Neighbourhood(where, subnets, own);
  }

  private static Subnet subnet(InterfaceAddress address) {
    byte[] raw = address.getAddress().getAddress();
    return new Subnet(raw, Math.min(address.getNetworkPrefixLength(), raw.length * 8));
  }

  /**
   * Whether {@code address} is reached without a router, by this link and this family.
   *
   * <p>A socket also gets what other sockets have joined for: IPv6 packets of other links, and of
   * this link those that the engine of the other family gets too.
   */
  boolean isOnLink(InetAddress address) {
    if (address.getClass() != where.address().getClass()) {
      return false;
    }
    if (address instanceof Inet6Address six && six.isLinkLocalAddress()) {
      return six.getScopeId() == where.link().index();
    }
    return isOwn(address) || subnets.stream().anyMatch(s -> s.contains(address.getAddress()));
  }

  /** Whether {@code address} is one of this computer, on whichever link. */
  boolean isOwn(InetAddress address) {
    return address.isLoopbackAddress() || own.contains(address);
  }
}
