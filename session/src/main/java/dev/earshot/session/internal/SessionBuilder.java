package dev.earshot.session.internal;

import dev.earshot.EncryptionPreference;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.Security;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.session.Peer;
import dev.earshot.session.Session;
import dev.earshot.session.internal.wire.Limits;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The builder behind {@link Session.Builder}. Not safe for several threads. */
final class SessionBuilder implements Session.Builder {
  private static final Duration SHORTEST_PEER_TIMEOUT = Duration.ofSeconds(1);
  private static final int SMALLEST_CHUNK = 64 << 10;
  private static final int LARGEST_CHUNK = 4 << 20;

  private final Network network;
  private final Peer self;
  private Optional<ServiceType> discovery = Optional.of(ServiceType.tcp("earshot"));
  private boolean discovers = true;
  private @Nullable Security security;
  private @Nullable EncryptionPreference preference;
  private TxtRecord discoveryInfo = TxtRecord.empty();
  private Optional<NetworkLink> link = Optional.empty();
  private boolean bindsIds;
  private int port;
  private boolean automatic = true;
  private Duration peerTimeout = Duration.ofSeconds(10);
  private Duration connectTimeout = Duration.ofSeconds(10);
  private int maximumMessageSize = Limits.DEFAULT_MESSAGE;
  private int maximumPeers = 1_024;
  private int chunkSize = 256 << 10;
  private Parameters parameters = Parameters.webSocket().build();

  SessionBuilder(Network network, Peer self) {
    this.network = Objects.requireNonNull(network, "network");
    this.self = Objects.requireNonNull(self, "self");
  }

  @Override
  public Session.Builder serviceType(ServiceType type) {
    Objects.requireNonNull(type, "type");
    if (type.transport() != ServiceType.Transport.TCP) {
      throw new IllegalArgumentException(type + " is no type for a session, which needs _tcp");
    }
    discovery = Optional.of(type);
    return this;
  }

  @Override
  public Session.Builder security(Security value) {
    security = Objects.requireNonNull(value, "value");
    return this;
  }

  @Override
  public Session.Builder encryptionPreference(EncryptionPreference value) {
    preference = Objects.requireNonNull(value, "value");
    return this;
  }

  @Override
  public Session.Builder bindPeerIds() {
    bindsIds = true;
    return this;
  }

  @Override
  public Session.Builder discoveryInfo(TxtRecord info) {
    Objects.requireNonNull(info, "info");
    if (info.contains(SessionOptions.PEER_ID)) {
      throw new IllegalArgumentException(
          "the key " + SessionOptions.PEER_ID + " of the TXT record is the session's own");
    }
    discoveryInfo = info;
    return this;
  }

  @Override
  public Session.Builder link(NetworkLink value) {
    Objects.requireNonNull(value, "value");
    link = Optional.of(value);
    return this;
  }

  @Override
  public Session.Builder port(int value) {
    if (value < 0 || value > 65_535) {
      throw new IllegalArgumentException("port " + value + " is not within 0 to 65535");
    }
    port = value;
    return this;
  }

  @Override
  public Session.Builder withoutDiscovery() {
    discovers = false;
    return this;
  }

  @Override
  public Session.Builder withoutAutomaticConnect() {
    automatic = false;
    return this;
  }

  @Override
  public Session.Builder peerTimeout(Duration time) {
    Objects.requireNonNull(time, "time");
    if (time.compareTo(SHORTEST_PEER_TIMEOUT) < 0) {
      throw new IllegalArgumentException("peerTimeout " + time + " is less than 1 s");
    }
    peerTimeout = time;
    return this;
  }

  @Override
  public Session.Builder connectTimeout(Duration time) {
    Objects.requireNonNull(time, "time");
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("connectTimeout " + time + " is not positive");
    }
    connectTimeout = time;
    return this;
  }

  @Override
  public Session.Builder maximumMessageSize(int bytes) {
    maximumMessageSize = requirePositive("maximumMessageSize", bytes);
    return this;
  }

  @Override
  public Session.Builder maximumPeers(int peers) {
    maximumPeers = requirePositive("maximumPeers", peers);
    return this;
  }

  @Override
  public Session.Builder chunkSize(int bytes) {
    if (bytes < SMALLEST_CHUNK || bytes > LARGEST_CHUNK) {
      throw new IllegalArgumentException(
          "chunkSize %d is not within %d to %d".formatted(bytes, SMALLEST_CHUNK, LARGEST_CHUNK));
    }
    chunkSize = bytes;
    return this;
  }

  @Override
  public Session.Builder parameters(Parameters value) {
    Objects.requireNonNull(value, "value");
    if (!(value.protocol() instanceof Protocol.WebSocket)) {
      throw new IllegalArgumentException(
          "a session speaks WebSocket, not " + value.protocol() + ": begin with webSocket()");
    }
    parameters = value;
    return this;
  }

  @Override
  public Session build() {
    return new LiveSession(options());
  }

  /** What was chosen. */
  SessionOptions options() {
    if (security == null) {
      throw new IllegalStateException(
          "no security was set: say security(Security.psk(key)), or Security.none() if you mean"
              + " that everybody on the network may listen and join");
    }
    if (preference != null) {
      preference.check(security);
    }
    Vetting.Terms vetting = Vetting.Terms.of(security, bindsIds, self.id());
    return new SessionOptions(
        network,
        self,
        Vetting.onConnections(security),
        vetting,
        discovers ? discovery : Optional.empty(),
        discoveryInfo,
        link,
        port == 0 ? parameters.localPort() : port,
        automatic,
        peerTimeout,
        connectTimeout,
        maximumMessageSize,
        maximumPeers,
        chunkSize,
        parameters);
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + " is less than 1");
    }
    return value;
  }
}
