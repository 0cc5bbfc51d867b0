package dev.earshot.internal.connection;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.UnreachableException;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection leaves this computer, as far as its parameters say. Immutable.
 *
 * @param parameters what was asked for
 * @param links the links as they are now
 */
record Departure(Parameters parameters, LinkTable links) {

  /**
   * The local address for a dial to {@code remote}; empty if any will do.
   *
   * @throws UnreachableException if the links that are up do not allow what was asked for
   */
  Optional<InetAddress> localFor(InetSocketAddress remote) throws UnreachableException {
    if (parameters.localAddress().isPresent()) {
      return parameters.localAddress();
    }
    if (parameters.requiredLink().isPresent()) {
      return Optional.of(addressOn(parameters.requiredLink().get(), remote.getAddress()));
    }
    requireAnyLink(remote.getAddress());
    return Optional.empty();
  }

  /** {@code remote} with the scope of the required link, if it needs one and has none. */
  InetSocketAddress scoped(InetSocketAddress remote) {
    if (parameters.requiredLink().isEmpty()
        || !(remote.getAddress() instanceof Inet6Address address)
        || !address.isLinkLocalAddress()
        || address.getScopeId() != 0) {
      return remote;
    }
    try {
      int scope = parameters.requiredLink().get().index();
      return new InetSocketAddress(
          Inet6Address.getByAddress(null, address.getAddress(), scope), remote.getPort());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address that is one is none", e);
    }
  }

  /** Why {@code path} may not be used; null if it may. */
  @Nullable UnreachableException objection(NetworkPath path) {
    Optional<NetworkLink> found = links.linkOf(path);
    if (found.isEmpty() || LinkFilter.of(parameters).permits(found.get())) {
      return null;
    }
    NetworkLink link = found.get();
    return new UnreachableException(
        "the way to %s is by %s (%s), which the parameters exclude"
            .formatted(
                path.remoteEndpoint().map(Object::toString).orElse("the peer"),
                link.name(),
                link.type()));
  }

  private InetAddress addressOn(NetworkLink required, InetAddress remote)
      throws UnreachableException {
    LinkState state =
        links.states().stream()
            .filter(link -> link.up() && link.link().name().equals(required.name()))
            .findFirst()
            .orElseThrow(() -> new UnreachableException("the link " + required + " is not up"));
    if (!LinkFilter.of(parameters).permits(state.link())) {
      throw new UnreachableException(
          "the link %s is up, and the parameters exclude links of the kind %s"
              .formatted(required, state.link().type()));
    }
    InetAddress found = null;
    for (InetAddress address : state.addresses()) {
      boolean sameFamily = (address instanceof Inet6Address) == (remote instanceof Inet6Address);
      boolean sameScope = address.isLinkLocalAddress() == remote.isLinkLocalAddress();
      if (sameFamily && (found == null || sameScope)) {
        found = address;
      }
    }
    if (found == null) {
      throw new UnreachableException(
          "the link " + required + " has no address to reach " + remote.getHostAddress() + " from");
    }
    return found;
  }

  private void requireAnyLink(InetAddress remote) throws UnreachableException {
    if (parameters.prohibitedLinkTypes().isEmpty() || remote.isLoopbackAddress()) {
      return;
    }
    boolean any =
        links.states().stream()
            .anyMatch(
                link ->
                    link.up()
                        && link.link().type() != LinkType.LOOPBACK
                        && LinkFilter.of(parameters).permits(link.link()));
    if (!any) {
      throw new UnreachableException(
          "no link is up but those of the kinds " + parameters.prohibitedLinkTypes());
    }
  }
}
