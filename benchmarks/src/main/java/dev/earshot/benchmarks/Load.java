package dev.earshot.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * How busy the machine and our own processes have been so far.
 *
 * @param busySeconds CPU time of everyone, NaN where the system does not tell
 * @param ownSeconds CPU time of our processes
 */
record Load(long nanoTime, double busySeconds, double ownSeconds) {
  private static final Path STAT = Path.of("/proc/stat");
  private static final double TICKS_A_SECOND = 100;

  /** Tells the CPU time of processes that are part of the measurement. */
  interface Own {
    Duration cpu();
  }

  static Load now(Own own) {
    return new Load(System.nanoTime(), busy(), own.cpu().toNanos() / 1e9);
  }

  /** CPU that other processes took since then, in percent of one core. */
  double foreignPercentSince(Load before) {
    double foreign = busySeconds - before.busySeconds - (ownSeconds - before.ownSeconds);
    return Math.max(0, foreign / ((nanoTime - before.nanoTime) / 1e9) * 100);
  }

  private static double busy() {
    try (Stream<String> lines = Files.lines(STAT)) {
      String[] ticks = lines.findFirst().orElse("").split(" +");
      // cpu user nice system idle iowait irq softirq steal ...
      double sum = 0;
      for (int column : new int[] {1, 2, 3, 6, 7}) {
        sum += Double.parseDouble(ticks[column]);
      }
      return sum / TICKS_A_SECOND;
    } catch (IOException | RuntimeException expected) {
      return Double.NaN; // not Linux
    }
  }
}
