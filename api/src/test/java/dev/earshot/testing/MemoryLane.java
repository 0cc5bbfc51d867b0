package dev.earshot.testing;

import dev.earshot.spi.Loop;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One direction of a {@link MemoryLink}: packets arrive in the order in which they left, later, or
 * not while it is stalled. Packets are sent by one loop and run on another.
 */
final class MemoryLane {
  private final Loop to;
  private final Queue<Runnable> packets = new ConcurrentLinkedQueue<>();
  private volatile Duration latency;
  private volatile boolean stalled;

  /** On the receiving loop: packets whose time came while it was stalled. */
  private int overdue;

  MemoryLane(Loop to, Duration latency) {
    this.to = to;
    this.latency = latency;
  }

  void send(Runnable packet) {
    packets.add(packet);
    if (latency.isZero()) {
      to.execute(this::arrive);
    } else {
      to.schedule(latency, this::arrive);
    }
  }

  void slowDown(Duration more) {
    latency = latency.plus(more);
  }

  void stall() {
    stalled = true;
  }

  void heal(Duration normal) {
    latency = normal;
    stalled = false;
    to.execute(
        () -> {
          int due = overdue;
          overdue = 0;
          for (int i = 0; i < due; i++) {
            arrive();
          }
        });
  }

  private void arrive() {
    if (stalled) {
      overdue++;
      return;
    }
    Runnable next = packets.poll();
    if (next != null) {
      next.run();
    }
  }
}
