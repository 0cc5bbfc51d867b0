package dev.earshot.testing;

import dev.earshot.spi.Loop;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One direction of a {@link MemoryLink}. Packets are numbered, as TCP does it: whatever becomes of
 * each, they are run in the order in which they left, once, and not while it is stalled. They are
 * sent by one loop and run on another.
 */
final class MemoryLane {
  private static final Duration MUCH = Duration.ofMillis(500);

  /** After so long what was lost is sent again. */
  private static final Duration RESENT = Duration.ofMillis(200);

  private static final int MOST_DETOUR = 10;

  private final Loop to;
  private final MemoryWire wire;
  private final AtomicLong sent = new AtomicLong();
  private volatile Duration latency;
  private volatile Set<LinkFault> flaws = Set.of();
  private volatile boolean stalled;

  // On the receiving loop.
  private final Map<Long, Runnable> arrived = new HashMap<>();
  private long next;

  MemoryLane(Loop to, MemoryWire wire) {
    this.to = to;
    this.wire = wire;
    this.latency = wire.latency();
  }

  void send(Runnable packet) {
    long number = sent.getAndIncrement();
    carry(number, packet);
    if (flaws.contains(LinkFault.DUPLICATE)) {
      carry(number, packet);
    }
  }

  /**
   * Carries what keeps no order and is not sent again, as datagrams do, {@code late} in addition:
   * it may be lost, come twice, or come after what left later.
   */
  void sendLoose(Duration late, Runnable packet) {
    if (flaws.contains(LinkFault.DROP) && wire.coin()) {
      return;
    }
    int copies = flaws.contains(LinkFault.DUPLICATE) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      to.schedule(late.plus(detour(latency)), () -> arriveLoose(packet));
    }
  }

  private void arriveLoose(Runnable packet) {
    if (!stalled) {
      packet.run();
    }
  }

  private void carry(long number, Runnable packet) {
    Duration time = detour(latency);
    if (flaws.contains(LinkFault.DROP) && wire.coin()) {
      time = time.plus(RESENT);
    }
    if (time.isZero()) {
      to.execute(() -> arrive(number, packet));
    } else {
      to.schedule(time, () -> arrive(number, packet));
    }
  }

  /** How long it takes to where {@code straight} would be the time without flaws. */
  private Duration detour(Duration straight) {
    Duration time = straight;
    if (flaws.contains(LinkFault.DELAY)) {
      time = time.plus(MUCH);
    }
    if (flaws.contains(LinkFault.REORDER)) {
      time = time.plus(latency.multipliedBy(wire.pieceOf(MOST_DETOUR)));
    }
    return time;
  }

  void suffer(LinkFault flaw) {
    Set<LinkFault> more = EnumSet.of(flaw);
    more.addAll(flaws);
    flaws = more;
  }

  void stall() {
    stalled = true;
  }

  void heal(Duration normal) {
    latency = normal;
    flaws = Set.of();
    stalled = false;
    to.execute(this::runInOrder);
  }

  private void arrive(long number, Runnable packet) {
    if (number >= next) { // else a copy of one that was here before
      arrived.put(number, packet);
      runInOrder();
    }
  }

  private void runInOrder() {
    while (!stalled && arrived.containsKey(next)) {
      arrived.remove(next++).run();
    }
  }
}
