package dev.earshot.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** What this JVM has used: CPU time, and the pauses of its collector since watching began. */
final class Usage {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int COLLECTIONS = 3;
  private static final long SETTLING_MILLIS = 100;

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final long jvmStart = ManagementFactory.getRuntimeMXBean().getStartTime();
  private final List<Pause> pauses = new CopyOnWriteArrayList<>();

  private Usage() {}

  static Usage watch() {
    Usage usage = new Usage();
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      // Newer JDKs report what a collector does beside the program as a collector of its own.
      if (!collector.getName().contains("Concurrent")) {
        ((NotificationEmitter) collector)
            .addNotificationListener(
                (notification, ignored) ->
                    usage.collected((CompositeData) notification.getUserData()),
                null,
                null);
      }
    }
    return usage;
  }

  private void collected(CompositeData data) {
    var info = GarbageCollectionNotificationInfo.from(data).getGcInfo();
    // Rounded outwards: the collector's clock counts whole milliseconds.
    pauses.add(new Pause(jvmStart + info.getStartTime() - 1, jvmStart + info.getEndTime() + 1));
  }

  /** CPU time of all threads, collector and compiler included. */
  long cpuNanos() {
    return system.getProcessCpuTime();
  }

  /**
   * Memory in use after collections: heap as the JVM counts it, resident as the system does, NaN
   * where it does not tell.
   */
  Figures memory() throws InterruptedException {
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(SETTLING_MILLIS); // cleaners and farewells have their turn
      heap = Math.min(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return Figures.of(Figures.HEAP, heap).with(Figures.RESIDENT, resident());
  }

  private static double resident() {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToDouble(kibibytes -> Double.parseDouble(kibibytes) * 1024)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException expected) {
      return Double.NaN; // not Linux
    }
  }

  List<Pause> pauses() {
    return List.copyOf(pauses);
  }
}
