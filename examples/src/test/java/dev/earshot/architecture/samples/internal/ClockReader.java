package dev.earshot.architecture.samples.internal;

/** Reads the computer's clock, and keeps it where everybody can change it. */
final class ClockReader {
  static long last;

  private ClockReader() {}

  static void read() {
    last = System.nanoTime();
  }
}
