package dev.earshot.internal.connection;

import dev.earshot.LinkType;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether the path of a connection that is ready can still be used, and whether a new connection
 * would take a better one: what the links say, told to the user when it changes.
 */
@LoopConfined
final class PathHealth {
  // As Parameters and docs/guide say: a cable neither fades nor shares its air; what costs money is
  // last. An unknown kind is more likely a bridge or a virtual cable than a mobile network.
  private static final List<LinkType> BEST_FIRST =
      List.of(LinkType.WIRED, LinkType.WIFI, LinkType.OTHER, LinkType.CELLULAR);

  private final Parameters parameters;
  private NetworkPath path;

  /** The better links there were from the start: the system did not choose them. */
  private final Set<String> spurned;

  private final Loop loop;
  private final Reports reports;
  private boolean viable = true;
  private boolean toldViable = true;
  private boolean better;

  /** Runs while the path is unusable and the user has not been told. */
  private Loop.@Nullable Timer patience;

  PathHealth(NetworkPath path, Side side, Loop loop, Reports reports) {
    this.path = path;
    this.loop = loop;
    this.reports = reports;
    this.parameters = side.parameters();
    this.spurned =
        side.links().states().stream()
            .filter(this::isBetter)
            .map(state -> state.link().name())
            .collect(Collectors.toUnmodifiableSet());
  }

  /** The peer has moved, and {@code now} is the path to it. */
  void moved(NetworkPath now) {
    path = now;
    reports.pathChanged(viable ? now : now.withStatus(NetworkPath.Status.UNSATISFIED));
  }

  /** Tells the user what is different now. */
  void linksChanged(List<LinkState> links) {
    boolean viableNow = isViable(links);
    if (viableNow != viable) {
      viable = viableNow;
      viabilityChanged();
      reports.pathChanged(
          path.withStatus(
              viableNow ? NetworkPath.Status.SATISFIED : NetworkPath.Status.UNSATISFIED));
    }
    boolean betterNow = hasBetterPath(links);
    if (betterNow != better) {
      better = betterNow;
      reports.betterPath(betterNow);
    }
  }

  private void viabilityChanged() {
    stop();
    if (viable == toldViable) {
      return; // it was back before anybody had heard of the loss
    }
    if (viable || parameters.viabilityPatience().isZero()) {
      tellViability();
    } else {
      patience = loop.schedule(parameters.viabilityPatience(), this::tellViability);
    }
  }

  private void tellViability() {
    patience = null;
    toldViable = viable;
    reports.viability(viable);
  }

  /** Tells nothing any more that has to wait. */
  void stop() {
    if (patience != null) {
      patience.cancel();
      patience = null;
    }
  }

  /** Whether the link and the local address of the path are there. */
  private boolean isViable(List<LinkState> links) {
    Optional<InetAddress> local = local();
    if (local.isEmpty() || local.get().isLoopbackAddress()) {
      return true;
    }
    return links.stream()
        .anyMatch(
            state ->
                state.up()
                    && path.link().map(l -> l.name().equals(state.link().name())).orElse(true)
                    && state.addresses().contains(local.get()));
  }

  /** Whether there is a better link that was not there when the connection became ready. */
  private boolean hasBetterPath(List<LinkState> links) {
    return links.stream()
        .anyMatch(state -> isBetter(state) && !spurned.contains(state.link().name()));
  }

  private boolean isBetter(LinkState state) {
    if (path.link().isEmpty() || path.link().get().type() == LinkType.LOOPBACK) {
      return false;
    }
    return state.up()
        && !state.pointToPoint()
        && rank(state.link().type()) < rank(path.link().get().type())
        && LinkFilter.of(parameters).permits(state.link())
        && state.addresses().stream().anyMatch(this::isOfSameFamily);
  }

  private Optional<InetAddress> local() {
    return path.localEndpoint().map(InetSocketAddress::getAddress);
  }

  private boolean isOfSameFamily(InetAddress address) {
    Optional<InetAddress> local = local();
    return local.isPresent()
        && (address instanceof Inet6Address) == (local.get() instanceof Inet6Address);
  }

  private static int rank(LinkType type) {
    int rank = BEST_FIRST.indexOf(type);
    return rank < 0 ? BEST_FIRST.size() : rank;
  }
}
