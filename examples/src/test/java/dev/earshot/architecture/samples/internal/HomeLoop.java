package dev.earshot.architecture.samples.internal;

import dev.earshot.architecture.samples.spi.Loop;

/** Breaks nothing: a loop is where time comes from. */
final class HomeLoop implements Loop {
  private HomeLoop() {}

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
