package dev.earshot;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * How connections, listeners and browsers behave: protocol, protection, links and limits.
 * Immutable.
 *
 * <pre>{@code
 * Parameters p = Parameters.webSocket()
 *     .security(Security.psk(key))
 *     .prohibitLinks(LinkType.CELLULAR)
 *     .build();
 * }</pre>
 */
public final class Parameters {
  private final Protocol protocol;
  private final Optional<Framer> framer;
  private final TcpOptions tcp;
  private final ServiceClass serviceClass;
  private final Security security;
  private final Optional<NetworkLink> requiredLink;
  private final Set<LinkType> prohibitedLinkTypes;
  private final boolean includePeerToPeer;
  private final Optional<InetAddress> localAddress;
  private final int localPort;
  private final Duration handshakeTimeout;
  private final Optional<Duration> establishmentTimeout;
  private final Duration viabilityPatience;
  private final int sendBudget;
  private final int sendLimit;
  private final int receiveBuffer;
  private final int maximumHandshakes;
  private final int maximumHandshakesPerAddress;

  private Parameters(Builder builder) {
    protocol = builder.protocol;
    framer = builder.framer;
    tcp = builder.tcp;
    serviceClass = builder.serviceClass;
    security = builder.security;
    requiredLink = builder.requiredLink;
    prohibitedLinkTypes = Set.copyOf(builder.prohibitedLinkTypes);
    includePeerToPeer = builder.includePeerToPeer;
    localAddress = builder.localAddress;
    localPort = builder.localPort;
    handshakeTimeout = builder.handshakeTimeout;
    establishmentTimeout = builder.establishmentTimeout;
    viabilityPatience = builder.viabilityPatience;
    sendBudget = builder.sendBudget;
    sendLimit = builder.sendLimit;
    receiveBuffer = builder.receiveBuffer;
    maximumHandshakes = builder.maximumHandshakes;
    maximumHandshakesPerAddress = builder.maximumHandshakesPerAddress;
  }

  /** WebSocket over TCP, unprotected until {@link Builder#security} says otherwise. */
  public static Builder webSocket() {
    return webSocket(WebSocketOptions.DEFAULT);
  }

  /** WebSocket over TCP with {@code options}. */
  public static Builder webSocket(WebSocketOptions options) {
    return new Builder(new Protocol.WebSocket(options));
  }

  /** TCP, unprotected until {@link Builder#security} says otherwise. */
  public static Builder tcp() {
    return new Builder(Protocol.Tcp.PLAIN);
  }

  /** TCP that begins with an HTTP/1.1 upgrade, for a WebSocket listener's port. */
  public static Builder tcp(HttpUpgrade upgrade) {
    Objects.requireNonNull(upgrade, "upgrade");
    return new Builder(Protocol.Tcp.upgradedTo(upgrade));
  }

  /**
   * Datagrams over UDP, unprotected until {@link Builder#security} says otherwise. A datagram
   * without content is received, but without protection cannot be sent: it counts as dropped.
   */
  public static Builder udp() {
    return udp(UdpOptions.DEFAULT);
  }

  /** Datagrams over UDP with {@code options}. */
  public static Builder udp(UdpOptions options) {
    return new Builder(new Protocol.Udp(options));
  }

  /**
   * QUIC, which is always protected: {@link Builder#security} has to say by which certificates.
   *
   * @param applicationProtocols what is spoken over it, at least one: see {@link
   *     QuicOptions#applicationProtocols()}
   */
  public static Builder quic(String... applicationProtocols) {
    return quic(QuicOptions.builder(applicationProtocols).build());
  }

  /** QUIC with {@code options}. */
  public static Builder quic(QuicOptions options) {
    return new Builder(new Protocol.Quic(options));
  }

  /** A builder that begins with these values. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** What is spoken above the network. */
  public Protocol protocol() {
    return protocol;
  }

  /** What makes messages of a stream of bytes; nothing by default. */
  public Optional<Framer> framer() {
    return framer;
  }

  /** Whether connections carry messages, by their protocol or by a framer, and not bytes. */
  public boolean isMessageBased() {
    return protocol.isMessageBased() || framer.isPresent();
  }

  /** Best effort for datagrams, over UDP or beside the streams of QUIC; everything else arrives. */
  public SendMode sendMode() {
    return protocol instanceof Protocol.Udp ? SendMode.BEST_EFFORT : SendMode.RELIABLE;
  }

  /** How TCP behaves. */
  public TcpOptions tcpOptions() {
    return tcp;
  }

  /** What kind of traffic it is; {@link ServiceClass#BEST_EFFORT} by default. */
  public ServiceClass serviceClass() {
    return serviceClass;
  }

  /** How connections are protected; not at all by default. */
  public Security security() {
    return security;
  }

  /** The only link to be used; any by default. */
  public Optional<NetworkLink> requiredLink() {
    return requiredLink;
  }

  /** The kinds of links that are not used; none by default. */
  public Set<LinkType> prohibitedLinkTypes() {
    return prohibitedLinkTypes;
  }

  /**
   * Whether {@linkplain NetworkLink#isPeerToPeer() peer-to-peer} links are used, those that join
   * devices without a network between them; false by default. Otherwise nothing is advertised,
   * browsed for or resolved there, and no connection leaves by them, unless one is {@linkplain
   * #requiredLink() required}. A listener that binds every address does not tell by which link
   * somebody comes.
   *
   * <p>The system has to have brought such a link up: a Java program cannot. Their radio time is
   * taken from the Wi-Fi, so a program stops as soon as it has found its peer.
   */
  public boolean includePeerToPeer() {
    return includePeerToPeer;
  }

  /** The local address that a listener binds and a connection leaves from; any by default. */
  public Optional<InetAddress> localAddress() {
    return localAddress;
  }

  /**
   * The port that a listener binds and a connection leaves from, 0 for one that is free; 0 by
   * default. A port on which a listener listens is taken, also for connections of the same network:
   * to connect with the parameters of a listener, or of a connection that it accepted, set it to 0.
   *
   * <p>Connections of TCP and WebSocket may leave from one port together, to different peers, and
   * from one that is in TIME_WAIT; one of datagrams or QUIC has it for itself, so that of several
   * addresses of a name and one family only the first is tried. A port that is taken is an {@link
   * UnreachableException} that names this end: the connection waits, and tries again. So does one
   * to the peer that the port was connected with until a moment ago, for up to a minute where this
   * side closed first (RFC 9293, section 3.6.1).
   */
  public int localPort() {
    return localPort;
  }

  /**
   * How long TLS or DTLS and the upgrade to WebSocket may take together once the other side has
   * answered; 10 s by default.
   */
  public Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  /**
   * How long the path of a connection has to have been unusable before {@link
   * Connection.Handler#viabilityUpdated} says so; zero by default, which tells at once. Links that
   * come back within this time, as Wi-Fi does, are not told of, and a program may give up when it
   * is told: a loss that lasts. That the path is usable again is told at once.
   */
  public Duration viabilityPatience() {
    return viabilityPatience;
  }

  /**
   * How long after its start a connection may take to become ready before it fails; by default it
   * waits until it is cancelled.
   */
  public Optional<Duration> establishmentTimeout() {
    return establishmentTimeout;
  }

  /**
   * The bytes that may wait to be sent before {@link Connection#send} makes its caller wait and
   * {@link Connection#trySend} returns false; 1 MiB by default.
   */
  public int sendBudget() {
    return sendBudget;
  }

  /**
   * The bytes that may wait to be sent before {@link Connection#send} fails with {@link
   * BackPressureException}; 16 MiB by default.
   *
   * <p>Content that is larger than the limit by itself is taken when nothing else waits. Content
   * counts 64 bytes at least, here and for {@link #sendBudget()}.
   */
  public int sendLimit() {
    return sendLimit;
  }

  /**
   * The received bytes that are kept before anybody asks for them; 64 KiB by default. A message
   * that has begun to arrive may exceed it, up to the protocol's own limit.
   */
  public int receiveBuffer() {
    return receiveBuffer;
  }

  /** The handshakes that a listener has in flight at most; 64 by default. */
  public int maximumHandshakes() {
    return maximumHandshakes;
  }

  /** The handshakes that a listener has in flight with one remote address at most; 8 by default. */
  public int maximumHandshakesPerAddress() {
    return maximumHandshakesPerAddress;
  }

  /** What differs from one use to the other; no secrets. */
  @Override
  public String toString() {
    String links =
        requiredLink.map(link -> ", requireLink " + link).orElse("")
            + (prohibitedLinkTypes.isEmpty() ? "" : ", prohibitLinks " + prohibitedLinkTypes)
            + localAddress.map(address -> ", from " + address.getHostAddress()).orElse("");
    String kind =
        security instanceof Security.None ? "unprotected" : security.getClass().getSimpleName();
    return "Parameters["
        + stack()
        + ", "
        + kind
        + links
        + (localPort == 0 ? "" : ", port " + localPort)
        + "]";
  }

  private String stack() {
    if (protocol instanceof Protocol.Udp udp) {
      return udp.options().toString();
    }
    String messages = framer.map(value -> ", " + value).orElse("");
    if (protocol instanceof Protocol.Quic quic) {
      return quic.options() + messages;
    }
    Object over = protocol instanceof Protocol.WebSocket socket ? socket.options() : "TCP";
    return over + messages + ", " + tcp;
  }

  /** Collects parameters. Not safe for several threads. */
  public static final class Builder {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final int LARGEST_HEADER = 1 << 16;

    private Protocol protocol;
    private Optional<Framer> framer = Optional.empty();
    private TcpOptions tcp = TcpOptions.DEFAULT;
    private ServiceClass serviceClass = ServiceClass.BEST_EFFORT;
    private Security security = Security.none();
    private Optional<NetworkLink> requiredLink = Optional.empty();
    private final Set<LinkType> prohibitedLinkTypes = EnumSet.noneOf(LinkType.class);
    private boolean includePeerToPeer;
    private Optional<InetAddress> localAddress = Optional.empty();
    private int localPort;
    private Duration handshakeTimeout = Duration.ofSeconds(10);
    private Optional<Duration> establishmentTimeout = Optional.empty();
    private Duration viabilityPatience = Duration.ZERO;
    private int sendBudget = 1 << 20;
    private int sendLimit = 16 << 20;
    private int receiveBuffer = 64 << 10;
    private int maximumHandshakes = 64;
    private int maximumHandshakesPerAddress = 8;

    private Builder(Protocol protocol) {
      this.protocol = protocol;
    }

    private Builder(Parameters from) {
      protocol = from.protocol;
      framer = from.framer;
      tcp = from.tcp;
      serviceClass = from.serviceClass;
      security = from.security;
      requiredLink = from.requiredLink;
      prohibitedLinkTypes.addAll(from.prohibitedLinkTypes);
      includePeerToPeer = from.includePeerToPeer;
      localAddress = from.localAddress;
      localPort = from.localPort;
      handshakeTimeout = from.handshakeTimeout;
      establishmentTimeout = from.establishmentTimeout;
      viabilityPatience = from.viabilityPatience;
      sendBudget = from.sendBudget;
      sendLimit = from.sendLimit;
      receiveBuffer = from.receiveBuffer;
      maximumHandshakes = from.maximumHandshakes;
      maximumHandshakesPerAddress = from.maximumHandshakesPerAddress;
    }

    /** Sets {@link Parameters#protocol()}. */
    public Builder protocol(Protocol value) {
      protocol = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Sets {@link Parameters#framer()}: messages on a stream of bytes.
     *
     * @throws IllegalArgumentException if its headers have less than 1 or more than 65,536 bytes,
     *     or its messages less than 0
     */
    public Builder framer(Framer value) {
      Objects.requireNonNull(value, "value");
      int header = value.maximumHeaderSize();
      if (header < 1 || header > LARGEST_HEADER || value.maximumMessageSize() < 0) {
        throw new IllegalArgumentException(
            "%s with headers of %d bytes, messages of %d: 1 to %d, and 0 or more"
                .formatted(value, header, value.maximumMessageSize(), LARGEST_HEADER));
      }
      framer = Optional.of(value);
      return this;
    }

    /** Leaves bytes as they are, which is the default. */
    public Builder withoutFramer() {
      framer = Optional.empty();
      return this;
    }

    /** Sets {@link Parameters#tcpOptions()}. */
    public Builder tcp(TcpOptions options) {
      tcp = Objects.requireNonNull(options, "options");
      return this;
    }

    /** Sets {@link Parameters#serviceClass()}. */
    public Builder serviceClass(ServiceClass value) {
      serviceClass = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Sets {@link Parameters#security()}. */
    public Builder security(Security value) {
      security = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Sets {@link Parameters#requiredLink()}. */
    public Builder requireLink(NetworkLink link) {
      Objects.requireNonNull(link, "link");
      requiredLink = Optional.of(link);
      return this;
    }

    /** Adds to {@link Parameters#prohibitedLinkTypes()}. */
    public Builder prohibitLinks(LinkType... types) {
      Objects.requireNonNull(types, "types");
      prohibitedLinkTypes.addAll(Arrays.asList(types));
      return this;
    }

    /** Makes {@link Parameters#includePeerToPeer()} true. */
    public Builder includePeerToPeer() {
      includePeerToPeer = true;
      return this;
    }

    /** Sets {@link Parameters#localAddress()}. */
    public Builder localAddress(InetAddress address) {
      Objects.requireNonNull(address, "address");
      localAddress = Optional.of(address);
      return this;
    }

    /** Sets {@link Parameters#localPort()}, 0 to 65535. */
    public Builder localPort(int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("localPort " + port + " is not within 0 to 65535");
      }
      localPort = port;
      return this;
    }

    /** Sets {@link Parameters#handshakeTimeout()}, at most a year. */
    public Builder handshakeTimeout(Duration time) {
      Objects.requireNonNull(time, "time");
      handshakeTimeout = requirePositive("handshakeTimeout", time);
      return this;
    }

    /** Sets {@link Parameters#establishmentTimeout()}, at most a year. */
    public Builder establishmentTimeout(Duration time) {
      Objects.requireNonNull(time, "time");
      establishmentTimeout = Optional.of(requirePositive("establishmentTimeout", time));
      return this;
    }

    /** Sets {@link Parameters#viabilityPatience()}, at most a year; zero for none. */
    public Builder viabilityPatience(Duration time) {
      Objects.requireNonNull(time, "time");
      viabilityPatience = time.isZero() ? time : requirePositive("viabilityPatience", time);
      return this;
    }

    /** Sets {@link Parameters#sendBudget()}, at least 1; raises the send limit if it is lower. */
    public Builder sendBudget(int bytes) {
      sendBudget = requirePositive("sendBudget", bytes);
      sendLimit = Math.max(sendLimit, bytes);
      return this;
    }

    /** Sets {@link Parameters#sendLimit()}; lowers the send budget if it is higher. */
    public Builder sendLimit(int bytes) {
      sendLimit = requirePositive("sendLimit", bytes);
      sendBudget = Math.min(sendBudget, bytes);
      return this;
    }

    /** Sets {@link Parameters#receiveBuffer()}, at least 1. */
    public Builder receiveBuffer(int bytes) {
      receiveBuffer = requirePositive("receiveBuffer", bytes);
      return this;
    }

    /** Sets {@link Parameters#maximumHandshakes()} and the share of one remote address in it. */
    public Builder maximumHandshakes(int total, int perAddress) {
      maximumHandshakes = requirePositive("total", total);
      maximumHandshakesPerAddress = requirePositive("perAddress", perAddress);
      return this;
    }

    /**
     * The parameters.
     *
     * @throws IllegalArgumentException if the required link is of a prohibited kind, options of TCP
     *     were set for UDP or QUIC, which have nothing of the kind, there is a framer for a
     *     protocol that has messages itself, or QUIC is to be without protection or to use a
     *     pre-shared key
     */
    public Parameters build() {
      requiredLink.ifPresent(
          link -> {
            if (prohibitedLinkTypes.contains(link.type())) {
              throw new IllegalArgumentException(
                  "link " + link + " is required, and " + link.type() + " links are prohibited");
            }
          });
      if (protocol instanceof Protocol.Udp && tcp != TcpOptions.DEFAULT) {
        throw new IllegalArgumentException(
            "UDP has no " + tcp + ": leave out tcp(..), and use udp(UdpOptions) instead");
      }
      if (framer.isPresent() && protocol.isMessageBased()) {
        throw new IllegalArgumentException(
            protocol.getClass().getSimpleName() + " has messages itself: leave out framer(..)");
      }
      if (protocol instanceof Protocol.Quic) {
        requireFitForQuic();
      }
      return new Parameters(this);
    }

    private void requireFitForQuic() {
      if (security instanceof Security.None) {
        throw new IllegalArgumentException(
            "QUIC is always protected (RFC 9001): set security(Security.pki(identity, trust))");
      }
      if (security instanceof Security.Psk) {
        throw new IllegalArgumentException(
            "QUIC knows no pre-shared keys, only certificates: set security(Security.pki(identity,"
                + " trust)), or use the key over webSocket() or tcp()");
      }
      if (tcp != TcpOptions.DEFAULT) {
        throw new IllegalArgumentException(
            "QUIC has no " + tcp + ": leave out tcp(..), and use quic(QuicOptions) instead");
      }
    }

    private static int requirePositive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " " + value + " is less than 1");
      }
      return value;
    }

    private static Duration requirePositive(String name, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(name + " " + value + " is not positive");
      }
      if (value.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(name + " " + value + " is longer than a year");
      }
      return value;
    }
  }
}
