package dev.earshot.benchmarks;

import java.util.Arrays;

/** Every latency of a round, kept whole, so that percentiles are exact. Confined to one thread. */
final class Latencies {
  /** Keeps 99.9 % of 10,000 from becoming 9,991 for want of an exact 99.9. */
  private static final double ROUNDING = 1e-6;

  private long[] nanos = new long[1 << 12];
  private int count;
  private boolean sorted;

  void record(long latencyNanos) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, count * 2);
    }
    nanos[count++] = latencyNanos;
    sorted = false;
  }

  int count() {
    return count;
  }

  /** The least latency that so many percent of all do not exceed, in µs; NaN when there is none. */
  double micros(double percent) {
    if (count == 0) {
      return Double.NaN;
    }
    if (!sorted) {
      Arrays.sort(nanos, 0, count);
      sorted = true;
    }
    int rank = (int) Math.ceil(percent * count / 100 - ROUNDING);
    return nanos[Math.max(rank, 1) - 1] / 1e3;
  }

  Figures figures() {
    return Figures.of(Figures.P50, micros(50))
        .with(Figures.P99, micros(99))
        .with(Figures.P999, micros(99.9))
        .with(Figures.LONGEST, micros(100));
  }
}
