package dev.earshot.architecture.samples.rings;

import org.junit.jupiter.api.Test;

/** Slow, and still flaky. */
final class SleepingTest {
  @Test
  void waitsForTime() throws InterruptedException {
    Thread.sleep(1);
  }
}
