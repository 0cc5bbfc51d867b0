package dev.earshot.discovery.mdns;

import dev.earshot.FramingException;
import java.lang.System.Logger.Level;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What stands between the socket and everything else: a packet that is not plainly meant well is
 * dropped and counted.
 *
 * <p>Used by the thread that reads the packets of a link. Writes no log line a packet.
 */
final class PacketGuard {
  static final int MAXIMUM_BYTES = 9_000; // RFC 6762, section 17
  private static final System.Logger LOG = System.getLogger("dev.earshot.discovery");
  private static final int MDNS_PORT = 5353;
  private static final int PER_SOURCE = 50;
  private static final int PER_OWN_HOST = 500; // several programs share the address of this host
  private static final int IN_ALL = 1_000;

  /** Why a packet was dropped. */
  enum Reason {
    /** A port or address that no honest sender has. */
    SOURCE,
    /** From another network (RFC 6762, section 11). */
    OFF_LINK,
    /** One of too many. */
    RATE,
    /** Not a DNS message. */
    MALFORMED,
    /** A DNS message that is not for multicast DNS (RFC 6762, section 18). */
    NOT_STANDARD
  }

  private final Predicate<InetAddress> onLink;
  private final Predicate<InetAddress> own;
  private final LongSupplier nanos;
  private final SourceLimits others = new SourceLimits(PER_SOURCE, IN_ALL);
  private final SourceLimits ownHost = new SourceLimits(PER_OWN_HOST, IN_ALL);
  private final Map<Reason, Long> dropped = new EnumMap<>(Reason.class);

  /**
   * A guard for a link where {@code onLink} tells who is on it, and {@code own} who is this host.
   */
  PacketGuard(Predicate<InetAddress> onLink, Predicate<InetAddress> own, LongSupplier nanos) {
    this.onLink = onLink;
    this.own = own;
    this.nanos = nanos;
  }

  /** The message in {@code packet}, unless it is to be dropped. */
  Optional<DnsMessage> admit(DatagramPacket packet) {
    InetAddress source = packet.getAddress();
    int port = packet.getPort();
    if (port <= 0 || source == null || source.isMulticastAddress() || source.isAnyLocalAddress()) {
      return drop(Reason.SOURCE);
    }
    if (!onLink.test(source)) {
      return drop(Reason.OFF_LINK);
    }
    if (!(own.test(source) ? ownHost : others).admit(source, nanos.getAsLong())) {
      return drop(Reason.RATE);
    }
    if (packet.getLength() > MAXIMUM_BYTES) {
      return drop(Reason.MALFORMED);
    }
    DnsMessage message;
    try {
      message = DnsReader.read(packet.getData(), packet.getOffset(), packet.getLength());
    } catch (FramingException e) {
      LOG.log(Level.TRACE, "dropped a packet from {0}: {1}", source, e.getMessage());
      return drop(Reason.MALFORMED);
    }
    // RFC 6762, section 6: a response from another port than 5353 MUST be ignored silently.
    if (!message.isStandard() || message.isResponse() && port != MDNS_PORT) {
      return drop(Reason.NOT_STANDARD);
    }
    return Optional.of(message);
  }

  /** How many packets were dropped for {@code reason}. */
  long dropped(Reason reason) {
    return dropped.getOrDefault(reason, 0L);
  }

  private Optional<DnsMessage> drop(Reason reason) {
    dropped.merge(reason, 1L, Long::sum);
    return Optional.empty();
  }
}
