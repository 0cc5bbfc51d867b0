package dev.earshot.discovery.mdns;

import dev.earshot.LinkType;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which links and addresses a request is for: a pure function of what there is and what is allowed.
 *
 * <p>A required link is used whatever it is. Otherwise those that are up and can multicast, without
 * tunnels; loopback only when it is the only link that is up.
 */
final class LinkChoice {
  private static final int MAXIMUM_LINKS = 32; // a machine full of containers has hundreds

  private LinkChoice() {}

  /** The addresses to speak from, of {@code links} as they are now, that {@code filter} permits. */
  static List<LinkAddress> of(List<LinkState> links, LinkFilter filter) {
    boolean onlyLoopback = links.stream().noneMatch(l -> l.up() && !isLoopback(l));
    List<LinkAddress> chosen = new ArrayList<>();
    for (LinkState link : links) {
      if (link.up()
          && filter.permits(link.link())
          && (filter.required().isPresent() || isOrdinary(link, onlyLoopback))
          && chosen.size() < MAXIMUM_LINKS) {
        chosen.addAll(addresses(link));
      }
    }
    return List.copyOf(chosen);
  }

  /** All addresses to be found at on the link of {@code where}: one of each family. */
  static List<InetAddress> addressesOn(LinkAddress where, List<LinkState> links) {
    return links.stream()
        .filter(state -> state.link().equals(where.link()))
        .flatMap(state -> addresses(state).stream())
        .map(LinkAddress::address)
        .toList();
  }

  private static boolean isOrdinary(LinkState link, boolean onlyLoopback) {
    return isLoopback(link) ? onlyLoopback : link.multicast() && !link.pointToPoint();
  }

  private static boolean isLoopback(LinkState link) {
    return link.link().type() == LinkType.LOOPBACK;
  }

  /** At most one of each family: more of one family would only say the same twice. */
  private static List<LinkAddress> addresses(LinkState link) {
    List<LinkAddress> addresses = new ArrayList<>();
    first(link, a -> a instanceof Inet4Address && !a.isLinkLocalAddress())
        .or(() -> first(link, Inet4Address.class::isInstance))
        .ifPresent(addresses::add);
    if (!isLoopback(link)) { // multicast to ff02::fb does not work on ::1
      first(link, a -> a instanceof Inet6Address && a.isLinkLocalAddress())
          .or(() -> first(link, Inet6Address.class::isInstance))
          .ifPresent(addresses::add);
    }
    return addresses;
  }

  private static Optional<LinkAddress> first(LinkState link, Predicate<InetAddress> wanted) {
    return link.addresses().stream()
        .filter(wanted)
        .findFirst()
        .map(address -> new LinkAddress(link.link(), address));
  }
}
