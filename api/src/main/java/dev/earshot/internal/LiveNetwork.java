package dev.earshot.internal;

import dev.earshot.Browser;
import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkClock;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.Security;
import dev.earshot.ServiceType;
import dev.earshot.internal.browser.LiveBrowser;
import dev.earshot.internal.connection.LiveConnection;
import dev.earshot.internal.connection.LiveGroup;
import dev.earshot.internal.connection.Protection;
import dev.earshot.internal.listener.LiveListener;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.spi.SecurityProvider;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The network behind {@link Network}: makes handles, and ends with them. What the handles need is
 * in {@link Household}. Thread-safe.
 */
public final class LiveNetwork implements Network {
  private final NetworkParts parts;
  private final Household house;
  private final NetworkEnd end;
  private final NetworkClock clock;

  private LiveNetwork(NetworkParts parts) {
    this.parts = parts;
    this.house = new Household(parts);
    this.end = house.end();
    this.clock = new LoopClock(house.loop(), end::hasBegun);
  }

  /** A builder that finds providers by itself. */
  public static Builder builder() {
    return new NetworkBuilder();
  }

  static Network open(NetworkParts parts) {
    return new LiveNetwork(parts);
  }

  @Override
  public Connection connection(Endpoint to, Parameters parameters) {
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(parameters, "parameters");
    requireReachable(to, parameters);
    LiveConnection made =
        LiveConnection.outgoing(house.connections(), to, parameters, protection(parameters));
    if (!house.openConnections().made(made)) {
      throw closed();
    }
    return made;
  }

  @Override
  public ConnectionGroup connectionGroup(Endpoint to, Parameters quic) {
    Objects.requireNonNull(to, "to");
    Objects.requireNonNull(quic, "quic");
    if (!isQuic(quic)) {
      throw new IllegalArgumentException(
          quic + " have no groups: connectionGroup takes Parameters.quic(..)");
    }
    requireReachable(to, quic);
    LiveGroup made = LiveGroup.outgoing(house.connections(), to, quic, protection(quic));
    if (!house.openConnections().made(made.trunk())) {
      throw closed();
    }
    return made;
  }

  private void requireReachable(Endpoint to, Parameters parameters) {
    requireOpen();
    if (to instanceof Endpoint.Bonjour service) {
      requireFit(service, parameters);
      house.discovery(); // throws if there is none
    }
  }

  @Override
  public Listener listener(Parameters parameters) {
    Objects.requireNonNull(parameters, "parameters");
    requireOpen();
    requireIdentity(parameters.security());
    LiveListener made = new LiveListener(house, parameters, protection(parameters));
    if (!house.openDoors().made(made)) {
      throw closed();
    }
    return made;
  }

  @Override
  public Browser browser(ServiceType type, Parameters parameters) {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(parameters, "parameters");
    requireOpen();
    house.discovery(); // throws if there is none
    LiveBrowser made = new LiveBrowser(house, type, parameters);
    if (!house.openDoors().made(made)) {
      throw closed();
    }
    return made;
  }

  private static void requireFit(Endpoint.Bonjour service, Parameters parameters) {
    ServiceType.Transport fitting = parameters.protocol().serviceTransport();
    if (service.type().transport() != fitting) {
      throw new IllegalArgumentException(
          "%s does not fit the protocol: its type has to end in _%s"
              .formatted(service, fitting.name().toLowerCase(Locale.ROOT)));
    }
  }

  private static void requireIdentity(Security security) {
    if (security instanceof Security.Pki pki && pki.identity().isEmpty()) {
      throw new IllegalArgumentException(
          "a listener with certificates needs an identity: Security.pki(identity, trust)");
    }
  }

  private Protection protection(Parameters parameters) {
    Security security = parameters.security();
    if (security instanceof Security.None) {
      return Protection.NONE;
    }
    SecurityProvider provider =
        parts.security().orElseThrow(() -> Providers.missing("security", Providers.SECURITY));
    if (!secures(provider, parameters)) {
      String what = isUdp(parameters) ? " for datagrams" : isQuic(parameters) ? " for QUIC" : "";
      throw new IllegalStateException(
          "the security provider '" + provider.name() + "' cannot do " + security + what);
    }
    if (isQuic(parameters) && security instanceof Security.Pki pki) {
      return Protection.of(provider.peerTrust(pki));
    }
    return isUdp(parameters)
        ? Protection.of(provider.datagramSecurity(security))
        : Protection.of(provider.streamSecurity(security));
  }

  private static boolean secures(SecurityProvider provider, Parameters parameters) {
    if (isQuic(parameters)) {
      return provider.supportsPeerTrust();
    }
    return isUdp(parameters)
        ? provider.supportsDatagrams(parameters.security())
        : provider.supports(parameters.security());
  }

  private static boolean isUdp(Parameters parameters) {
    return parameters.protocol() instanceof Protocol.Udp;
  }

  private static boolean isQuic(Parameters parameters) {
    return parameters.protocol() instanceof Protocol.Quic;
  }

  @Override
  public boolean supports(Parameters parameters) {
    Objects.requireNonNull(parameters, "parameters");
    boolean secured =
        parameters.security() instanceof Security.None
            || parts.security().map(provider -> secures(provider, parameters)).orElse(false);
    return secured && house.connections().transport().supports(parameters);
  }

  @Override
  public List<NetworkLink> links() {
    return parts.links().links().stream().filter(LinkState::up).map(LinkState::link).toList();
  }

  @Override
  public NetworkClock clock() {
    return clock;
  }

  @Override
  public void close() {
    end.end();
  }

  private void requireOpen() {
    if (end.hasBegun()) {
      throw closed();
    }
  }

  private IllegalStateException closed() {
    return new IllegalStateException(this + " is closed");
  }

  /** The providers, for messages. */
  @Override
  public String toString() {
    return "Network["
        + parts.transport().name()
        + parts.discovery().map(provider -> ", " + provider.name()).orElse("")
        + parts.security().map(provider -> ", " + provider.name()).orElse("")
        + "]";
  }
}
