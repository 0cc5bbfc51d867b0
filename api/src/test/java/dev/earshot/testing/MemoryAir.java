package dev.earshot.testing;

import dev.earshot.Endpoint;
import dev.earshot.spi.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What services can be heard: the room that several {@link MemoryDiscovery} share.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * MemoryAir air = new MemoryAir(time.loop("air"));
 * Network network = Network.builder()
 *     .transport(wire.computer("10.0.0.1"))
 *     .discovery(air.discovery())
 *     .links(MemoryLinks.of("10.0.0.1"))
 *     .workers(time.executor("workers"))
 *     .open();
 * }</pre>
 *
 * <p>Links of the same name are the same segment: what is advertised on {@code mem0} of one
 * computer is heard on {@code mem0} of the others. Thread-safe; all events come on the loop of the
 * air.
 */
public final class MemoryAir {
  private final Loop loop;
  private volatile Duration latency = Duration.ofMillis(20);

  // On the loop.
  private final List<MemoryAdvertisement> advertisements = new ArrayList<>();
  private final List<MemoryBrowse> browses = new ArrayList<>();

  /** An empty room that goes by {@code loop}. */
  public MemoryAir(Loop loop) {
    this.loop = loop;
  }

  /** Sets how long a change takes to be heard; 20 ms by default. */
  public MemoryAir latency(Duration time) {
    latency = time;
    return this;
  }

  /** One more computer. */
  public MemoryDiscovery discovery() {
    return new MemoryDiscovery(this);
  }

  /** The names that are advertised now, in the order in which they came. */
  public List<Endpoint.Bonjour> advertised() {
    return advertisements.stream()
        .map(MemoryAdvertisement::endpoint)
        .flatMap(Optional::stream)
        .toList();
  }

  /** How many browse. */
  public int browsing() {
    return browses.size();
  }

  Loop loop() {
    return loop;
  }

  Duration latency() {
    return latency;
  }

  void add(MemoryAdvertisement advertisement) {
    loop.assertInLoop();
    advertisements.add(advertisement);
  }

  void remove(MemoryAdvertisement advertisement) {
    loop.assertInLoop();
    if (advertisements.remove(advertisement)) {
      changed();
    }
  }

  void add(MemoryBrowse browse) {
    loop.assertInLoop();
    browses.add(browse);
    loop.schedule(latency, browse::look);
  }

  void remove(MemoryBrowse browse) {
    loop.assertInLoop();
    browses.remove(browse);
  }

  /** What is advertised has changed, or the links of a computer: everybody hears it soon. */
  void changed() {
    for (MemoryBrowse browse : browses) {
      loop.schedule(latency, browse::look);
    }
  }

  List<MemoryAdvertisement> advertisements() {
    loop.assertInLoop();
    return List.copyOf(advertisements);
  }

  Optional<MemoryAdvertisement> called(Endpoint.Bonjour name) {
    loop.assertInLoop();
    return advertisements.stream()
        .filter(each -> each.endpoint().map(it -> sameName(it, name)).orElse(false))
        .findFirst();
  }

  static boolean sameName(Endpoint.Bonjour one, Endpoint.Bonjour other) {
    return one.name().equalsIgnoreCase(other.name()) && one.type().equals(other.type());
  }
}
