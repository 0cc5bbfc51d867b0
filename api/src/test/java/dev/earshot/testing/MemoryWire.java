package dev.earshot.testing;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.spi.Loop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network in memory: computers with addresses, and what goes wrong between them.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime(seed);
 * MemoryWire wire = new MemoryWire(time);
 * MemoryTransport here = wire.computer("10.0.0.1");
 * MemoryTransport there = wire.computer("10.0.0.2");
 * wire.plan(LinkFault.REFUSE); // the next dial is refused
 * wire.strike(LinkFault.CUT); // what is connected now is lost
 * wire.afflict(DatagramFault.DROP, 30); // of all datagrams
 * }</pre>
 *
 * <p>Thread-safe. In virtual time the same seed gives the same run.
 */
public final class MemoryWire {
  /** The link of computers that were given none. */
  public static final NetworkLink LINK = new NetworkLink("mem0", 2, LinkType.WIRED);

  /** The link of 127.0.0.1 and ::1, which every computer has. */
  public static final NetworkLink LOOPBACK = new NetworkLink("lo", 1, LinkType.LOOPBACK);

  private static final int LOOPS = 2;

  private final Function<String, Loop> loops;
  private final Random random;
  private final MemoryDatagrams datagrams;
  private final Map<InetAddress, MemoryTransport> computers = new ConcurrentHashMap<>();
  private final Queue<LinkFault> planned = new ConcurrentLinkedQueue<>();
  private final Map<InetAddress, LinkFault> plannedAt = new ConcurrentHashMap<>();
  private final Set<Object> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong numbers = new AtomicLong();
  private volatile Duration latency = Duration.ofMillis(1);
  private volatile int capacity = 64 << 10;
  private final LentPieces lentPieces = new LentPieces();
  private volatile boolean namesLinks = true;
  private volatile boolean sendsFiles;

  /** A wire that goes by {@code time}, with a latency of a millisecond. */
  public MemoryWire(VirtualTime time) {
    this(time::loop, time.random());
  }

  /** A wire over loops of any kind, which are made by name. */
  public MemoryWire(Function<String, Loop> loops, Random random) {
    this.loops = loops;
    this.random = random;
    this.datagrams = new MemoryDatagrams(random);
  }

  /** One more computer, on {@link #LINK} with {@code numeric} addresses. */
  public MemoryTransport computer(String... numeric) {
    List<Loop> made = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      made.add(loops.apply("loop " + i + " of " + List.of(numeric)));
    }
    return new MemoryTransport(this, made).addLink(LINK, numeric);
  }

  /** How long everything takes from one computer to another. */
  public Duration latency() {
    return latency;
  }

  /** Sets the latency of connections made from now on. */
  public MemoryWire latency(Duration time) {
    latency = time;
    return this;
  }

  /** What was lent to those who give back. */
  public LentPieces lentPieces() {
    return lentPieces;
  }

  /** How many bytes a connection holds in each direction; 64 KiB by default. */
  public int capacity() {
    return capacity;
  }

  /** Sets how many bytes connections made from now on hold in each direction. */
  public MemoryWire capacity(int bytes) {
    capacity = bytes;
    return this;
  }

  /** Paths of connections made from now on name no link, as those of real sockets. */
  public MemoryWire namesNoLinks() {
    namesLinks = false;
    return this;
  }

  /** Connections of bytes send files by themselves from now on, as real sockets do. */
  public MemoryWire sendsFilesItself() {
    sendsFiles = true;
    return this;
  }

  boolean sendsFiles() {
    return sendsFiles;
  }

  boolean namesLinks() {
    return namesLinks;
  }

  /** The next dial suffers {@code fault}; several plans are used up one a dial. */
  public void plan(LinkFault fault) {
    planned.add(fault);
  }

  /** Every dial to {@code numeric} suffers {@code fault}, until {@link #heal}. */
  public void planAt(String numeric, LinkFault fault) {
    plannedAt.put(address(numeric), fault);
  }

  /**
   * Every connection that is up, or on its way, suffers {@code fault}, which must be of the stage
   * FLOW.
   */
  public void strike(LinkFault fault) {
    links().forEach(link -> link.strike(fault));
    if (MemoryFlow.suffers(fault)) {
      flows().forEach(flow -> flow.loop().execute(() -> flow.strike(fault)));
    }
  }

  /**
   * The streams of every group suffer {@code fault}, of the stage FLOW, and the groups go on. Where
   * there is none, the next one suffers it.
   */
  public void strikeStreams(LinkFault fault) {
    links().forEach(link -> link.strikeStreams(fault));
  }

  /** From now on {@code percent} of all datagrams suffer {@code fault}, until {@link #heal}. */
  public void afflict(DatagramFault fault, int percent) {
    datagrams.afflict(fault, percent);
  }

  /** How many datagrams were dropped so far. */
  public long datagramsLost() {
    return datagrams.lost();
  }

  MemoryDatagrams datagrams() {
    return datagrams;
  }

  /** Takes back plans, delays and stalls; what was held up arrives. */
  public void heal() {
    datagrams.heal();
    planned.clear();
    plannedAt.clear();
    links().forEach(MemoryLink::heal);
  }

  /** What is open: dials, arrivals that were not opened or refused, pipes and ports. */
  public List<String> open() {
    return open.stream().map(Object::toString).sorted().toList();
  }

  /** {@code numeric} as an address. */
  public static InetAddress address(String numeric) {
    try {
      return InetAddress.getByName(numeric);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(numeric + " is no address", e);
    }
  }

  void settle(InetAddress address, MemoryTransport computer) {
    computers.put(address, computer);
  }

  @Nullable MemoryTransport at(InetAddress address) {
    return computers.get(address);
  }

  @Nullable LinkFault faultFor(InetAddress address) {
    LinkFault fault = plannedAt.get(address);
    return fault != null ? fault : planned.poll();
  }

  void add(Object thing) {
    open.add(thing);
  }

  void remove(Object thing) {
    open.remove(thing);
  }

  void abortAllOf(List<Loop> owners) {
    for (MemoryPipe pipe : pipes()) {
      if (owners.contains(pipe.loop())) {
        pipe.loop().execute(pipe::abort);
      }
    }
    for (Object thing : open) {
      if (thing instanceof MemoryFlow flow && owners.contains(flow.loop())) {
        flow.loop().execute(flow::abort);
      }
    }
  }

  long nextNumber() {
    return numbers.getAndIncrement();
  }

  boolean coin() {
    return random.nextBoolean();
  }

  /** The size of the next piece of {@code length} bytes: mostly all of them. */
  int pieceOf(int length) {
    return coin() ? length : 1 + random.nextInt(length);
  }

  private List<MemoryPipe> pipes() {
    return open.stream()
        .filter(MemoryPipe.class::isInstance)
        .map(MemoryPipe.class::cast)
        .sorted(Comparator.comparing(MemoryPipe::number))
        .toList();
  }

  private List<MemoryFlow> flows() {
    return open.stream()
        .filter(MemoryFlow.class::isInstance)
        .map(MemoryFlow.class::cast)
        .sorted(Comparator.comparing(MemoryFlow::toString))
        .toList();
  }

  private List<MemoryLink> links() {
    return open.stream()
        .flatMap(MemoryWire::linkOf)
        .distinct()
        .sorted(Comparator.comparing(link -> link.dialling().number()))
        .toList();
  }

  private static Stream<MemoryLink> linkOf(Object thing) {
    if (thing instanceof MemoryPipe pipe) {
      return Stream.of(pipe.link());
    }
    if (thing instanceof MemoryArrival arrival) {
      return Stream.of(arrival.link());
    }
    return thing instanceof MemoryDial dial ? Stream.ofNullable(dial.link()) : Stream.empty();
  }
}
