package dev.earshot.architecture.samples.internal;

import java.util.concurrent.TimeUnit;

/** Waits for time. */
public final class Sleeper {
  private Sleeper() {}

  static void sleep() throws InterruptedException {
    Thread.sleep(1);
    TimeUnit.SECONDS.sleep(1);
  }
}
