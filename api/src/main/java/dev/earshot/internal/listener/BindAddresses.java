package dev.earshot.internal.listener;

import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.UnreachableException;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** Which addresses a listener binds, by its parameters and the links there are. Immutable. */
final class BindAddresses {
  private final Parameters parameters;
  private final LinkFilter filter;

  BindAddresses(Parameters parameters) {
    this.parameters = parameters;
    this.filter = LinkFilter.of(parameters);
  }

  /** Whether the links have to be known, to bind or to judge who comes in. */
  boolean needLinks() {
    return areChosen() || mustCheckArrivals();
  }

  /** Whether the links decide what is bound; otherwise every address is. */
  boolean areChosen() {
    return parameters.requiredLink().isPresent() || localAddress().isPresent();
  }

  /** Whether a connection has to be looked at for the link that it came over. */
  boolean mustCheckArrivals() {
    return !parameters.prohibitedLinkTypes().isEmpty();
  }

  /** The links of {@code table} on which others can reach what is bound. */
  LinkFilter reachableOn(LinkTable table) {
    if (parameters.requiredLink().isPresent() || localAddress().isEmpty()) {
      return filter;
    }
    // A single address can be reached on its own link only: advertised elsewhere, it would mislead.
    Optional<NetworkLink> only = table.holding(localAddress().get()).map(LinkState::link);
    return new LinkFilter(only, filter.prohibited(), filter.includePeerToPeer());
  }

  /** Whether a connection that came over {@code link} is let in. */
  boolean permits(NetworkLink link) {
    return filter.permits(link);
  }

  /** Every address of this computer. */
  private List<InetSocketAddress> all(int port) {
    return List.of(
        parameters
            .localAddress()
            .map(any -> new InetSocketAddress(any, port))
            .orElseGet(() -> new InetSocketAddress(port)));
  }

  /**
   * What to bind, with {@code port}, on the links of {@code table}.
   *
   * @throws UnreachableException if it is not there, saying what is missing
   */
  List<InetSocketAddress> on(LinkTable table, int port) throws UnreachableException {
    if (!areChosen()) {
      return all(port);
    }
    List<InetAddress> addresses =
        parameters.requiredLink().isPresent()
            ? ofLink(table, parameters.requiredLink().get())
            : List.of(ofAnyLink(table, localAddress().orElseThrow()));
    return addresses.stream().map(address -> new InetSocketAddress(address, port)).toList();
  }

  private List<InetAddress> ofLink(LinkTable table, NetworkLink wanted)
      throws UnreachableException {
    LinkState state =
        table
            .up(wanted.name())
            .orElseThrow(() -> missing("link " + wanted + " is not up; there are " + up(table)));
    if (!filter.permits(state.link())) {
      throw missing("link " + wanted + " is required, but its kind is prohibited");
    }
    Optional<InetAddress> local = localAddress();
    if (local.isPresent()) {
      return List.of(requireHeldBy(table, local.get(), state));
    }
    if (state.addresses().isEmpty()) {
      throw missing("link " + wanted + " has no address");
    }
    return state.addresses();
  }

  private InetAddress requireHeldBy(LinkTable table, InetAddress address, LinkState state)
      throws UnreachableException {
    boolean held = table.holding(address).map(LinkState::link).equals(Optional.of(state.link()));
    if (!held) {
      throw missing("link " + state.link() + " does not have the address");
    }
    return address;
  }

  private InetAddress ofAnyLink(LinkTable table, InetAddress address) throws UnreachableException {
    LinkState state =
        table.holding(address).orElseThrow(() -> missing("no link that is up has the address"));
    if (!filter.permits(state.link())) {
      throw missing("link " + state.link() + " has the address, but its kind is prohibited");
    }
    return address;
  }

  /** The local address that is asked for, if it is one address and not every one. */
  private Optional<InetAddress> localAddress() {
    return parameters.localAddress().filter(address -> !address.isAnyLocalAddress());
  }

  private UnreachableException missing(String what) {
    return new UnreachableException("listening on " + this + ": " + what);
  }

  private static String up(LinkTable table) {
    return table.states().stream().filter(LinkState::up).map(LinkState::link).toList().toString();
  }

  /** What was asked for, in words for messages. */
  @Override
  public String toString() {
    String where = parameters.requiredLink().map(NetworkLink::name).orElse("");
    String address = parameters.localAddress().map(InetAddress::getHostAddress).orElse("");
    String port = parameters.localPort() == 0 ? "any port" : "port " + parameters.localPort();
    String place = String.join(" ", List.of(where, address)).strip();
    return place.isEmpty() ? port : place + ", " + port;
  }

  /** The reason of a listener whose addresses have changed, until they are bound again. */
  NetworkException changed() {
    return missing("its addresses have changed");
  }
}
