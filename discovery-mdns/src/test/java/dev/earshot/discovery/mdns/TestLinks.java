package dev.earshot.discovery.mdns;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The links of this computer, and filters that keep a test on one of them. */
final class TestLinks {
  private TestLinks() {}

  /** What there is. */
  static LinkSource ofThisComputer() {
    return () -> {
      try {
        return NetworkInterface.networkInterfaces().map(TestLinks::state).toList();
      } catch (SocketException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static LinkSource.LinkState state(NetworkInterface nif) {
    try {
      return new LinkSource.LinkState(
          link(nif),
          nif.inetAddresses().toList(),
          nif.isUp(),
          nif.supportsMulticast(),
          nif.isPointToPoint());
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NetworkLink link(NetworkInterface nif) throws SocketException {
    LinkType type = nif.isLoopback() ? LinkType.LOOPBACK : LinkType.WIRED;
    return new NetworkLink(nif.getName(), nif.getIndex(), type);
  }

  /** Only the link called {@code name}. */
  static LinkFilter only(String name) {
    List<LinkSource.LinkState> links = ofThisComputer().links();
    Optional<NetworkLink> link =
        links.stream().map(LinkSource.LinkState::link).filter(l -> l.name().equals(name)).findAny();
    return new LinkFilter(link, Set.of());
  }

  /** Only loopback, whatever it is called here. */
  static LinkFilter loopback() {
    return ofThisComputer().links().stream()
        .map(LinkSource.LinkState::link)
        .filter(l -> l.type() == LinkType.LOOPBACK)
        .findAny()
        .map(l -> new LinkFilter(Optional.of(l), Set.of()))
        .orElseThrow();
  }
}
