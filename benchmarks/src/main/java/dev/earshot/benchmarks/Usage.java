package dev.earshot.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** What this JVM has used: CPU time, and the pauses of its collector since watching began. */
final class Usage {
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

  List<Pause> pauses() {
    return List.copyOf(pauses);
  }
}
