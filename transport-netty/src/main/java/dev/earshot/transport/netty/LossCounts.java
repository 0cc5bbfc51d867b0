package dev.earshot.transport.netty;

import dev.earshot.DatagramCounts;
import java.util.concurrent.atomic.AtomicLong;

/** What a flow has lost so far: counted by the loop, read by any thread. */
final class LossCounts {
  private final AtomicLong sendsDropped = new AtomicLong();
  private final AtomicLong receivesDropped = new AtomicLong();
  private final AtomicLong discarded = new AtomicLong();
  private final AtomicLong unreachable = new AtomicLong();

  void notSent(int count) {
    sendsDropped.addAndGet(count);
  }

  long notSent() {
    return sendsDropped.get();
  }

  void notRead() {
    receivesDropped.incrementAndGet();
  }

  /** So many in all were not believed. */
  void discarded(long total) {
    discarded.set(total);
  }

  void unreachable() {
    unreachable.incrementAndGet();
  }

  DatagramCounts read() {
    return new DatagramCounts(
        sendsDropped.get(), receivesDropped.get(), discarded.get(), unreachable.get());
  }
}
