package dev.earshot.whole;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The spans of time in which this computer did not run this process, or some of it: threads that do
 * nothing but look at the clock note when they came to it late. Whatever the library does cannot
 * make them late, but for the collections of garbage, which stop them too.
 */
final class Pauses implements AutoCloseable {
  private static final long TICK_NANOS = 1_000_000;
  private static final long LATE_NANOS = 5_000_000;

  private final List<Span> spans = new ArrayList<>(); // guarded by itself
  private volatile boolean over;

  private record Span(long from, long to) {}

  /** Begins to measure: with a thread more than there are processors, so that each is looked at. */
  static Pauses measure() {
    Pauses made = new Pauses();
    for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
      Thread meter = new Thread(made::run, "pauses-" + i);
      meter.setDaemon(true);
      meter.start();
    }
    return made;
  }

  private void run() {
    long before = System.nanoTime();
    while (!over) {
      LockSupport.parkNanos(TICK_NANOS);
      long now = System.nanoTime();
      if (now - before > LATE_NANOS) {
        synchronized (spans) {
          spans.add(new Span(before, now));
        }
      }
      before = now;
    }
  }

  /** How much of the time from {@code from} to {@code to}, on the monotonic clock, was a pause. */
  Duration within(long from, long to) {
    List<Span> sorted;
    synchronized (spans) {
      sorted = new ArrayList<>(spans);
    }
    sorted.sort(Comparator.comparingLong(span -> span.from() - from));
    long covered = 0;
    long reached = from;
    for (Span span : sorted) {
      long begin = Math.max(span.from() - reached, 0) + reached;
      long end = Math.min(span.to() - to, 0) + to;
      if (end - begin > 0) {
        covered += end - begin;
        reached = end;
      }
    }
    return Duration.ofNanos(covered);
  }

  /** For messages: how long all pauses were, and the time spent collecting garbage. */
  @Override
  public String toString() {
    long collecting =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum();
    synchronized (spans) {
      long nanos = spans.stream().mapToLong(span -> span.to() - span.from()).sum();
      return spans.size() + " pauses of " + nanos / 1_000_000 + " ms, collecting " + collecting;
    }
  }

  @Override
  public void close() {
    over = true; // they end within a tick
  }
}
