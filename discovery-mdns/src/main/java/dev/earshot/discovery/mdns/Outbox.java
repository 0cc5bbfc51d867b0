package dev.earshot.discovery.mdns;

import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is sent on a link. Sending never throws: a packet that cannot be sent is lost, and counted.
 *
 * <p>An answer is not multicast again within a second (RFC 6762, section 6), however often it is
 * asked for; a probe is answered sooner. A host's address goes along with its services.
 */
@LoopConfined
final class Outbox {
  static final int PORT = 5353;
  private static final System.Logger LOG = System.getLogger("dev.earshot.discovery");
  private static final long SECOND = 1_000_000_000L;
  private static final long PROBE_ANSWER_NANOS = SECOND / 4; // RFC 6762, section 6
  private static final int FAILURES_THAT_BLOCK = 8;

  private final LinkAddress where;
  private final DnsName host;
  private final Loop loop;
  private final InetAddress group;
  private final Map<DnsRecord, Long> sentAt = new HashMap<>(); // with times to live set to 0
  private final Map<DnsName, Long> probedAt = new HashMap<>();
  private List<InetAddress> hostAddresses;
  private @Nullable MulticastSocket socket;
  private int failures;
  private String problem = "";

  Outbox(LinkAddress where, DnsName host, Loop loop) throws UnknownHostException {
    this.where = where;
    this.host = host;
    this.hostAddresses = List.of(where.address());
    this.loop = loop;
    boolean six = where.address() instanceof Inet6Address;
    this.group = InetAddress.getByName(six ? "ff02::fb" : "224.0.0.251");
  }

  void open(MulticastSocket opened) {
    socket = opened;
  }

  /** These are the addresses of this computer on the link now; tells whether that is news. */
  boolean hostAddresses(List<InetAddress> now) {
    boolean news = !hostAddresses.equals(now);
    hostAddresses = List.copyOf(now);
    return news;
  }

  /** Sends {@code message} to all on the link. */
  void multicast(DnsMessage message) {
    multicast(message, false);
  }

  /** Sends {@code message} to all; as an {@code answer}, without what was just sent. */
  void multicast(DnsMessage message, boolean answer) {
    DnsMessage remaining = answer ? withoutJustSent(message) : message;
    if (message.isResponse()) {
      remaining = withoutForeignGoodbyes(remaining);
      if (remaining.answers().isEmpty()) {
        return;
      }
      remaining = withHostAddresses(remaining);
      remember(remaining.answers());
      remember(remaining.additionals());
    }
    transmit(remaining, group, PORT);
  }

  /** Sends {@code message} to one. */
  void unicast(DnsMessage message, InetAddress to, int port) {
    if (port > 0 && !message.answers().isEmpty()) {
      // A one-shot asker gets what it asked for (RFC 6762, section 6.7).
      transmit(port == PORT ? withHostAddresses(message) : message, to, port);
    }
  }

  /** Somebody probes for {@code name}: answers about it may go out again soon. */
  void expectProbeAnswer(DnsName name) {
    probedAt.put(name, loop.nanoTime());
  }

  /** Whether the SRV record of {@code name} was sent, and not taken back since. */
  boolean wasAnnounced(DnsName name) {
    return sentAt.keySet().stream()
        .anyMatch(r -> r.type() == DnsRecord.SRV && r.name().equals(name));
  }

  /** The service called {@code name} is no more. */
  void forget(DnsName name) {
    sentAt
        .keySet()
        .removeIf(
            r ->
                r.name().equals(name)
                    || r.data() instanceof DnsRecord.Pointer p && p.target().equals(name));
    probedAt.remove(name);
  }

  /** The SRV record of {@code service}, as it stands in our probes. */
  DnsRecord serverOf(JmdnsService service) {
    DnsRecord.Server server = new DnsRecord.Server(0, 0, service.port(), host);
    return new DnsRecord(service.wireName(), DnsRecord.SRV, false, 0, server);
  }

  /** Whether nothing could be sent for some time. */
  boolean isBlocked() {
    return failures >= FAILURES_THAT_BLOCK;
  }

  String lastProblem() {
    return problem;
  }

  private DnsMessage withoutJustSent(DnsMessage message) {
    long now = loop.nanoTime();
    return message.withAnswers(
        record -> {
          Long last = sentAt.get(record.withTimeToLive(0));
          Long probed = probedAt.get(record.name());
          long pause = probed != null && now - probed < SECOND ? PROBE_ANSWER_NANOS : SECOND;
          return last == null || now - last >= pause;
        });
  }

  /**
   * What was never announced is not taken back: the pointer of a service that was still probing may
   * be word for word that of the one that has the name.
   */
  private DnsMessage withoutForeignGoodbyes(DnsMessage message) {
    return message.withAnswers(
        record -> !record.isGoodbye() || sentAt.containsKey(record.withTimeToLive(0)));
  }

  private void remember(List<DnsRecord> records) {
    long now = loop.nanoTime();
    for (DnsRecord record : records) {
      if (!record.isGoodbye()) {
        DnsRecord timeless = record.withTimeToLive(0);
        if (record.flush()) {
          // It replaces what was said before, such as another TXT record.
          sentAt.keySet().removeIf(r -> r.replaces(timeless));
        }
        sentAt.put(timeless, now);
      }
    }
  }

  /**
   * Adds where the host is, of both families, whichever this packet goes by (RFC 6763, section
   * 12.2): that spares everybody a question, and whoever hears one family learns of the other.
   */
  private DnsMessage withHostAddresses(DnsMessage message) {
    boolean wanted =
        message.answers().stream()
            .anyMatch(r -> !r.isGoodbye() && (isServer(r) || r.name().equals(host)));
    if (!wanted) {
      return message;
    }
    List<DnsRecord> additionals = new ArrayList<>(message.additionals());
    for (InetAddress address : hostAddresses) {
      DnsRecord record = hostRecord(address);
      if (message.answers().stream().noneMatch(record::sameAs)) {
        additionals.add(record);
      }
    }
    return new DnsMessage(
        message.id(),
        message.flags(),
        message.questions(),
        message.answers(),
        message.authorities(),
        additionals);
  }

  private static boolean isServer(DnsRecord record) {
    return record.data() instanceof DnsRecord.Server;
  }

  private DnsRecord hostRecord(InetAddress address) {
    int type = address instanceof Inet6Address ? DnsRecord.AAAA : DnsRecord.A;
    DnsRecord.Address data = new DnsRecord.Address(address);
    return new DnsRecord(host, type, true, Translation.TIME_TO_LIVE_SECONDS, data);
  }

  private void transmit(DnsMessage message, InetAddress to, int port) {
    LOG.log(Level.TRACE, () -> where + " says to " + to + ": " + message);
    byte[] bytes = DnsWriter.write(message);
    MulticastSocket open = socket;
    if (open == null || bytes.length > PacketGuard.MAXIMUM_BYTES) {
      return;
    }
    try {
      open.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(to, port)));
      failures = 0;
    } catch (IOException | IllegalArgumentException e) {
      failures++;
      problem = String.valueOf(e.getMessage());
      LOG.log(Level.DEBUG, "a packet could not be sent on {0}: {1}", where, problem);
    }
  }
}
