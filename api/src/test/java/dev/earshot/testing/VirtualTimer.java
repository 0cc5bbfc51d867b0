package dev.earshot.testing;

import dev.earshot.spi.Loop;

/** A task of a {@link VirtualLoop} that waits for its time. */
final class VirtualTimer implements Loop.Timer {
  private final VirtualTime time;
  private final long dueNanos;
  private final long number;
  private final VirtualLoop loop;
  private final Runnable task;
  private volatile boolean over;

  VirtualTimer(VirtualTime time, long dueNanos, long number, VirtualLoop loop, Runnable task) {
    this.time = time;
    this.dueNanos = dueNanos;
    this.number = number;
    this.loop = loop;
    this.task = task;
  }

  long dueNanos() {
    return dueNanos;
  }

  long number() {
    return number;
  }

  VirtualLoop loop() {
    return loop;
  }

  void runOnce() {
    if (!over) {
      over = true;
      task.run();
    }
  }

  @Override
  public void cancel() {
    over = true;
    time.remove(this);
  }
}
