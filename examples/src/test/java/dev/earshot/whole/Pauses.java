package dev.earshot.whole;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The time in which this computer did not run this process, or some of it.
 *
 * <p>Threads that do nothing but look at the clock note when they came to it late: so collections
 * of garbage are seen, and computers that stand still. Linux lets a thread that mostly sleeps go
 * first when it wakes up, but counts how long each thread was ready to run and had no processor: so
 * the library's threads, and those of executors, are asked for that as well. Both are added up.
 * Whatever the library does cannot make either of them grow, if it does nothing.
 */
final class Pauses implements AutoCloseable {
  private static final long TICK_NANOS = 1_000_000;
  private static final long LATE_NANOS = 5_000_000;

  private static final long LOOK_NANOS = 20_000_000;
  private static final Path TASKS = Path.of("/proc/self/task");

  private final List<Span> spans = new ArrayList<>(); // guarded by itself
  private final List<Look> looks = new ArrayList<>(); // guarded by itself
  private volatile boolean over;

  private record Span(long from, long to) {}

  /** How long, in all, the threads had been waiting for a processor at a time. */
  private record Look(long at, long waited) {}

  /** Begins to measure: with a thread more than there are processors, so that each is looked at. */
  static Pauses measure() {
    Pauses made = new Pauses();
    for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
      made.start(made::run);
    }
    made.start(made::look);
    return made;
  }

  private void start(Runnable what) {
    Thread meter = new Thread(what, "pauses");
    meter.setDaemon(true);
    meter.start();
  }

  private void look() {
    while (!over) {
      takeALook();
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private void takeALook() {
    Look look = new Look(System.nanoTime(), waited());
    synchronized (looks) {
      looks.add(look);
    }
  }

  /** What the system has counted; 0 where it does not. */
  private static long waited() {
    long sum = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        sum += waited(task);
      }
    } catch (IOException notLinux) {
      return 0;
    }
    return sum;
  }

  private static long waited(Path task) {
    try {
      String name = Files.readString(task.resolve("comm"));
      boolean counts = name.startsWith("earshot-") || name.startsWith("pool-");
      return counts ? Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[1]) : 0;
    } catch (IOException ended) {
      return 0;
    }
  }

  /** How long threads waited for a processor between two times, give or take two looks. */
  private long starved(long from, long to) {
    takeALook();
    long before = 0;
    synchronized (looks) {
      for (Look look : looks) {
        if (look.at() - from <= 0) {
          before = look.waited();
        } else if (look.at() - to >= 0) {
          return Math.max(0, look.waited() - before);
        }
      }
    }
    return 0;
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

  /** How much of the time from {@code from} to {@code to}, on the monotonic clock, they explain. */
  Duration within(long from, long to) {
    return Duration.ofNanos(late(from, to) + starved(from, to));
  }

  /** The rest of that time. */
  Duration unexplained(long from, long to) {
    return Duration.ofNanos(to - from).minus(within(from, to));
  }

  private long late(long from, long to) {
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
    return covered;
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
