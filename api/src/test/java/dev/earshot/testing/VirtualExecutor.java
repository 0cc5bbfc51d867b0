package dev.earshot.testing;

/**
 * A user's executor in {@link VirtualTime}: runs its tasks one at a time, unless it is paused.
 *
 * <p>A paused one stands for a program that is busy or hangs.
 */
public final class VirtualExecutor extends VirtualTasks {
  private volatile boolean paused;

  VirtualExecutor(VirtualTime time, String name) {
    super(time, name);
  }

  /** Runs nothing until {@link #resume}. */
  public void pause() {
    paused = true;
  }

  /** Runs tasks again. */
  public void resume() {
    paused = false;
    becomeReady(false);
  }

  @Override
  boolean mayRun() {
    return !paused;
  }
}
