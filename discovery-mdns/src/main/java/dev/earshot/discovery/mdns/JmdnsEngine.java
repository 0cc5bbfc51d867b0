package dev.earshot.discovery.mdns;

import dev.earshot.FramingException;
import dev.earshot.TxtRecord;
import dev.earshot.spi.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import javax.jmdns.impl.constants.DNSConstants;
import org.jspecify.annotations.Nullable;

/**
 * The engine over jmDNS: one of them speaks on one link from one address.
 *
 * <p>Everything goes through it twice: packets in, through {@link PacketGuard} to the record store
 * and through {@link Translation} to jmDNS; packets of jmDNS out, through {@link Translation} and
 * {@link Outbox}. When jmDNS breaks, the engine says so once and is replaced.
 */
final class JmdnsEngine implements Engine, GuardedJmdns.Owner {
  private static final System.Logger LOG = System.getLogger("dev.earshot.discovery");
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);
  private static final Duration TIE_LOST_WAIT = Duration.ofSeconds(1); // RFC 6762, section 8.2
  private static final Duration ANNOUNCE_PAUSE = Duration.ofSeconds(1); // section 6
  private static final int MAXIMUM_WAITING = 512;

  private final LinkAddress where;
  private final Loop loop;
  private final Events events;
  private final Neighbourhood neighbourhood;
  private final Translation translation;
  private final Outbox outbox;
  private final OpenEngines openEngines;
  private final GuardedJmdns jmdns;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<JmdnsService, Runnable> observers = new LinkedHashMap<>();
  private volatile @Nullable GuardedSocket reader;
  private int aliases;
  private boolean probed;
  private boolean contradicting;
  private boolean over;
  private @Nullable Runnable retired;

  private JmdnsEngine(
      LinkAddress where, String hostLabel, Loop loop, Events events, OpenEngines openEngines)
      throws IOException {
    this.openEngines = openEngines;
    this.where = where;
    this.loop = loop;
    this.events = events;
    this.neighbourhood = Neighbourhood.of(where);
    DnsName host = ServiceNames.ofHost(hostLabel);
    this.translation = new Translation(host, DNSConstants.DNS_TTL);
    this.outbox = new Outbox(where, host, loop);
    this.jmdns = new GuardedJmdns(named(where, hostLabel), hostLabel, loop, this);
    outbox.open(jmdns.rawSocket());
    loop.schedule(WATCH_INTERVAL, this::watch);
  }

  /** Opens an engine; blocks for a moment. */
  static Engine open(
      LinkAddress where, String hostLabel, Loop loop, Events events, OpenEngines openEngines)
      throws IOException {
    tryAddress(where.address());
    JmdnsEngine engine = new JmdnsEngine(where, hostLabel, loop, events, openEngines);
    openEngines.add(engine);
    return engine;
  }

  /**
   * Finds out whether the address can be used yet: an IPv6 address that just came up cannot. jmDNS
   * finds out too, but then leaves a socket behind.
   */
  private static void tryAddress(InetAddress address) throws IOException {
    new DatagramSocket(new InetSocketAddress(address, 0)).close();
  }

  /** The address with a name, so that nobody looks one up, and the name gets not out. */
  private static InetAddress named(LinkAddress where, String hostLabel) throws IOException {
    byte[] raw = where.address().getAddress();
    if (where.address() instanceof Inet6Address) {
      NetworkInterface link = NetworkInterface.getByName(where.link().name());
      return Inet6Address.getByAddress(hostLabel, raw, link);
    }
    return InetAddress.getByAddress(hostLabel, raw);
  }

  // In, on the reader.

  @Override
  public MulticastSocket guard(MulticastSocket socket) {
    PacketGuard guard =
        new PacketGuard(neighbourhood::isOnLink, neighbourhood::isOwn, loop::nanoTime);
    try {
      GuardedSocket guarded =
          new GuardedSocket(
              socket, "earshot-mdns-" + where.link().name(), packet -> take(guard, packet));
      reader = guarded;
      return guarded;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<byte[]> take(PacketGuard guard, DatagramPacket packet) {
    Optional<DnsMessage> admitted = guard.admit(packet);
    if (admitted.isEmpty()) {
      return Optional.empty();
    }
    DnsMessage message = admitted.get();
    InetAddress source = packet.getAddress();
    LOG.log(Level.TRACE, () -> where + " heard from " + source + ": " + message);
    if (message.isResponse() || message.isProbe()) {
      onLoop(() -> heard(message, source));
    }
    return translation.incoming(message).map(DnsWriter::write);
  }

  /** Bounded: what the loop cannot keep up with is lost, as packets are. */
  private void onLoop(Runnable task) {
    if (waiting.incrementAndGet() > MAXIMUM_WAITING) {
      waiting.decrementAndGet();
      return;
    }
    loop.execute(
        () -> {
          waiting.decrementAndGet();
          task.run();
        });
  }

  private void heard(DnsMessage message, InetAddress source) {
    if (over) {
      return;
    }
    if (message.isResponse()) {
      events.received(message, source, neighbourhood.isOwn(source));
      if (message.answers().stream().anyMatch(this::isDoubtAboutOurs)) {
        contradict();
      }
    } else {
      message.authorities().forEach(this::compareProbe);
    }
  }

  /** RFC 6762, section 6.6: somebody says of our service that it is gone, or soon will be. */
  private boolean isDoubtAboutOurs(DnsRecord record) {
    return record.data() instanceof DnsRecord.Pointer pointer
        && record.timeToLive() < Translation.TIME_TO_LIVE_SECONDS / 2
        && translation.named(pointer.target()).filter(s -> s.info().isAnnounced()).isPresent();
  }

  private void contradict() {
    if (!contradicting) {
      contradicting = true;
      long delay = ThreadLocalRandom.current().nextInt(20, 121);
      loop.schedule(Duration.ofMillis(delay), this::announceAgain);
      loop.schedule(ANNOUNCE_PAUSE, () -> contradicting = false);
    }
  }

  private void announceAgain() {
    if (!over && retired == null) {
      jmdns.announceAgain();
    }
  }

  /** Somebody probes: our answer to it may not wait, and if we probe too, one of us has to. */
  private void compareProbe(DnsRecord theirs) {
    if (!translation.isForeignServer(theirs)) {
      return; // our own probe, heard again
    }
    translation
        .named(theirs.name())
        .ifPresent(
            service -> {
              outbox.expectProbeAnswer(theirs.name());
              if (service.info().isProbing()
                  && TieBreak.isLater(theirs, outbox.serverOf(service))) {
                service.info().revertState();
                loop.schedule(TIE_LOST_WAIT, () -> jmdns.probe(0));
              }
            });
  }

  // Out, on the loop.

  @Override
  public void hostAddresses(List<InetAddress> addresses) {
    if (outbox.hostAddresses(addresses)) {
      announceAgain(); // or the old ones would stay in caches
    }
  }

  @Override
  public void multicast(DnsMessage query) {
    if (!over) {
      outbox.multicast(query);
    }
  }

  @Override
  public void send(
      byte[] bytes, @Nullable InetAddress to, int port, GuardedJmdns.Occasion occasion) {
    DnsMessage message;
    try {
      message = DnsReader.read(bytes, 0, bytes.length);
    } catch (FramingException e) {
      LOG.log(Level.WARNING, "jmDNS made a packet that cannot be read; it was dropped", e);
      return;
    }
    boolean multicast = to == null || to.isMulticastAddress();
    boolean legacy = !multicast && port != Outbox.PORT;
    DnsMessage translated = translation.outgoing(message, legacy);
    if (to == null || multicast) {
      outbox.multicast(translated, occasion == GuardedJmdns.Occasion.ANSWER);
    } else {
      outbox.unicast(translated, to, port);
    }
    if (outbox.isBlocked()) {
      died("nothing can be sent on " + where + ": " + outbox.lastProblem());
    }
  }

  // Services, on the loop.

  @Override
  public Published publish(Publishing what, Runnable changed) {
    JmdnsService service = new JmdnsService(++aliases, what);
    translation.add(service);
    observers.put(service, changed);
    try {
      jmdns.registerService(service.info());
    } catch (IOException | IllegalStateException e) {
      loop.execute(() -> died("jmDNS does not take a service: " + e.getMessage()));
    }
    probed = true;
    return new JmdnsPublished(service);
  }

  /** A handle on a service; called on the loop. */
  private final class JmdnsPublished implements Published {
    private final JmdnsService service;

    JmdnsPublished(JmdnsService service) {
      this.service = service;
    }

    @Override
    public int step() {
      return service.step();
    }

    @Override
    public boolean isAnnounced() {
      return service.info().isAnnounced();
    }

    @Override
    public void update(TxtRecord txtRecord) {
      if (over) {
        return;
      }
      service.update(txtRecord);
      if (service.info().isAnnounced() && service.info().isAnnouncing()) {
        // jmDNS would put it off until the second announcement, up to a second later.
        outbox.multicast(service.textAnnouncement());
      }
    }

    @Override
    public void withdraw() {
      observers.remove(service);
      if (!over && service.info().cancelState()) {
        jmdns.startCanceler();
      }
    }
  }

  @Override
  public void stateChanged() {
    for (JmdnsService service : translation.services()) {
      service.announcedOnce(outbox.wasAnnounced(service.wireName()));
      if (service.info().isCanceled()) {
        jmdns.getServices().remove(service.info().getKey(), service.info());
        translation.remove(service);
        outbox.forget(service.wireName());
      }
    }
    List.copyOf(observers.values()).forEach(Runnable::run);
    if (retired != null && jmdns.isCanceled()) {
      finish();
    }
  }

  // The end.

  @Override
  public void retire(Runnable done) {
    if (over) {
      done.run();
      return;
    }
    retired = done;
    observers.clear();
    if (!probed) {
      finish(); // nobody has heard of it
      return;
    }
    jmdns.cancelState();
    translation.services().forEach(service -> service.info().cancelState());
    jmdns.startCanceler();
  }

  private void finish() {
    Runnable done = retired;
    abandon();
    if (done != null) {
      done.run();
    }
  }

  @Override
  public void abandon() {
    openEngines.remove(this);
    over = true;
    retired = null;
    observers.clear();
    jmdns.shut();
  }

  @Override
  public void died(String why) {
    loop.execute(
        () -> {
          if (!over) {
            Runnable waitingForGoodbye = retired;
            abandon();
            if (waitingForGoodbye != null) {
              waitingForGoodbye.run();
            } else {
              events.died(why);
            }
          }
        });
  }

  private void watch() {
    GuardedSocket socket = reader;
    if (retired == null && socket != null && socket.isDeserted()) {
      died("nobody reads packets on " + where);
    }
    if (!over) {
      loop.schedule(WATCH_INTERVAL, this::watch);
    }
  }
}
