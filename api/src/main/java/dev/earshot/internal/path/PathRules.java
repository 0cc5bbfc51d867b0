package dev.earshot.internal.path;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** What the links of this computer mean for a path in use. Pure. */
public final class PathRules {
  private PathRules() {}

  /**
   * The link that {@code path} leaves by: the one it names, else the one with its local address.
   */
  public static Optional<NetworkLink> linkOf(NetworkPath path, LinkTable links) {
    return path.link().or(() -> localAddress(path).flatMap(links::holding).map(LinkState::link));
  }

  /** Whether {@code path} can be used: its link is up and still has its local address. */
  public static boolean isViable(NetworkPath path, LinkTable links) {
    Optional<InetAddress> local = localAddress(path);
    if (local.isEmpty() || local.get().isAnyLocalAddress()) {
      return path.link().map(link -> links.up(link.name()).isPresent()).orElse(true);
    }
    return links.holding(local.get()).isPresent();
  }

  /**
   * Whether a new connection would take a better path than {@code path}: another link that {@code
   * filter} permits is up and has an address, and either this path's link is gone or the other is
   * of a kind to be preferred: wired before Wi-Fi before cellular.
   *
   * <p>A path over loopback is never bettered, nor is one over a link of unknown kind that is up:
   * whether a tunnel or a bridge is better cannot be told.
   */
  public static boolean isBetterAvailable(NetworkPath path, LinkTable links, LinkFilter filter) {
    Optional<NetworkLink> current = linkOf(path, links);
    if (current.isEmpty() || current.get().type() == LinkType.LOOPBACK) {
      return false;
    }
    boolean viable = isViable(path, links);
    if (viable && current.get().type() == LinkType.OTHER) {
      return false;
    }
    return links.permitted(filter).stream()
        .filter(state -> !state.addresses().isEmpty())
        .map(LinkState::link)
        .filter(link -> link.type() != LinkType.LOOPBACK)
        .filter(link -> !link.name().equals(current.get().name()))
        .anyMatch(link -> !viable || rank(link) < rank(current.get()));
  }

  private static int rank(NetworkLink link) {
    return switch (link.type()) {
      case WIRED -> 1;
      case WIFI -> 2;
      case CELLULAR -> 3;
      default -> Integer.MAX_VALUE;
    };
  }

  private static Optional<InetAddress> localAddress(NetworkPath path) {
    return path.localEndpoint().map(InetSocketAddress::getAddress);
  }
}
