package dev.earshot.discovery.mdns;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import java.net.InetAddress;

/**
 * A link and the address of ours to speak from on it; one engine is made for each. Immutable.
 *
 * @param link the link
 * @param address one of its addresses; an IPv6 link-local one has its scope id
 */
record LinkAddress(NetworkLink link, InetAddress address) {
  boolean isLoopback() {
    return link.type() == LinkType.LOOPBACK;
  }

  @Override
  public String toString() {
    return link.name() + " (" + address.getHostAddress() + ")";
  }
}
