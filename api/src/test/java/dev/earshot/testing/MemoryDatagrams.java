package dev.earshot.testing;

import dev.earshot.spi.Loop;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** How datagrams fare on a {@link MemoryWire}: each suffers each fault with its own chance. */
final class MemoryDatagrams {
  private static final Duration LATE = Duration.ofMillis(500);
  private static final int REORDERED_BY = 10;

  private final Random random;
  private final Map<DatagramFault, Integer> percents = new ConcurrentHashMap<>();
  private final AtomicLong lost = new AtomicLong();

  MemoryDatagrams(Random random) {
    this.random = random;
  }

  void afflict(DatagramFault fault, int percent) {
    percents.put(fault, percent);
  }

  void heal() {
    percents.clear();
  }

  long lost() {
    return lost.get();
  }

  /** Where a datagram arrives. */
  interface Destination {
    void arrive(byte[] datagram);
  }

  /** How a datagram goes on its way: {@code late} in addition to what the way takes anyhow. */
  interface Way {
    void go(byte[] datagram, Duration late);
  }

  /** Brings {@code datagram} to {@code to}, on {@code loop}, as the faults permit. */
  void carry(byte[] datagram, Duration latency, Loop loop, Destination to) {
    suffer(
        datagram,
        latency,
        (content, late) -> loop.schedule(latency.plus(late), () -> to.arrive(content)));
  }

  /** Sends what is left of {@code datagram} on {@code way}, as often as the faults permit. */
  void suffer(byte[] datagram, Duration latency, Way way) {
    if (strikes(DatagramFault.DROP)) {
      lost.incrementAndGet();
      return;
    }
    byte[] content = datagram;
    if (strikes(DatagramFault.CORRUPT) && content.length > 0) {
      content = content.clone();
      content[random.nextInt(content.length)] ^= (byte) (1 + random.nextInt(255));
    }
    if (strikes(DatagramFault.TRUNCATE) && content.length > 0) {
      content = Arrays.copyOf(content, random.nextInt(content.length));
    }
    Duration time = Duration.ZERO;
    if (strikes(DatagramFault.REORDER)) {
      time = time.plus(latency.multipliedBy(1 + random.nextInt(REORDERED_BY)));
    }
    if (strikes(DatagramFault.DELAY)) {
      time = time.plus(LATE);
    }
    byte[] arriving = content;
    int copies = strikes(DatagramFault.DUPLICATE) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      way.go(arriving.clone(), time);
    }
  }

  private boolean strikes(DatagramFault fault) {
    int percent = percents.getOrDefault(fault, 0);
    return percent > 0 && random.nextInt(100) < percent;
  }
}
