package dev.earshot.internal.path;

import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The links of this computer as they were at one look, in an order that does not depend on the
 * look. Immutable.
 *
 * @param states every link, up or not
 */
public record LinkTable(List<LinkState> states) {
  private static final Comparator<LinkState> BY_INDEX =
      Comparator.<LinkState>comparingInt(state -> state.link().index())
          .thenComparing(state -> state.link().name());
  private static final Comparator<InetAddress> BY_BYTES =
      Comparator.<InetAddress>comparingInt(address -> address.getAddress().length)
          .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

  /** Sorts the links, and the addresses of each, so that two looks can be compared. */
  public LinkTable {
    states = states.stream().map(LinkTable::sorted).sorted(BY_INDEX).toList();
  }

  /** The link called {@code name}, if it is up. */
  public Optional<LinkState> up(String name) {
    return states.stream().filter(LinkState::up).filter(is(name)).findFirst();
  }

  /** The links that are up and that {@code filter} permits. */
  public List<LinkState> permitted(LinkFilter filter) {
    return states.stream()
        .filter(LinkState::up)
        .filter(state -> filter.permits(state.link()))
        .toList();
  }

  /** The link that is up and has {@code address}; a scope id must be that link's own. */
  public Optional<LinkState> holding(InetAddress address) {
    for (LinkState state : states) {
      if (state.up()
          && Addresses.scopeFits(address, state.link())
          && (state.addresses().contains(address) || isItsLoopback(state, address))) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  /**
   * The link that {@code path} leaves by: the one it names, else the one with its local address.
   */
  public Optional<NetworkLink> linkOf(NetworkPath path) {
    return path.link()
        .or(
            () ->
                path.localEndpoint()
                    .map(InetSocketAddress::getAddress)
                    .flatMap(this::holding)
                    .map(LinkState::link));
  }

  /** {@code path} with its link, if that can be told: transports know of addresses only. */
  public NetworkPath complete(NetworkPath path) {
    return path.link().isPresent() ? path : linkOf(path).map(path::withLink).orElse(path);
  }

  // The system lists 127.0.0.1 only, but every address of 127.0.0.0/8 can be bound (RFC 1122,
  // section 3.2.1.3).
  private static boolean isItsLoopback(LinkState state, InetAddress address) {
    if (address.isLoopbackAddress()) {
      for (InetAddress one : state.addresses()) {
        if (one.isLoopbackAddress()) {
          return true;
        }
      }
    }
    return false;
  }

  private static Predicate<LinkState> is(String name) {
    return state -> state.link().name().equals(name);
  }

  private static LinkState sorted(LinkState state) {
    return new LinkState(
        state.link(),
        state.addresses().stream().sorted(BY_BYTES).toList(),
        state.up(),
        state.multicast(),
        state.pointToPoint());
  }
}
