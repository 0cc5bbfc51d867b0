package dev.earshot.testing;

import dev.earshot.spi.Loop;
import java.time.Duration;

/** A loop in {@link VirtualTime}. */
public final class VirtualLoop extends VirtualTasks implements Loop {
  private final VirtualTime time;

  VirtualLoop(VirtualTime time, String name) {
    super(time, name);
    this.time = time;
  }

  @Override
  public boolean inLoop() {
    return isRunningHere();
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return time.schedule(this, delay, task);
  }
}
