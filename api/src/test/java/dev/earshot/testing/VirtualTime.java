package dev.earshot.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A clock that a test moves, with the loops and executors that go by it.
 *
 * <p>Nothing runs but inside {@link #runUntilIdle}, {@link #advance} and {@link #runUntil}, on the
 * thread that calls them. Which loop or executor comes next is drawn from the seed, so that the
 * same seed gives the same run; the tasks of each run in the order in which they were handed over.
 * Tasks may be handed over by any thread.
 */
public final class VirtualTime {
  private static final long TASKS_THAT_ARE_TOO_MANY = 100_000_000;

  private final Random random;
  private final List<VirtualTasks> ready = new ArrayList<>();
  private final PriorityQueue<VirtualTimer> timers =
      new PriorityQueue<>(
          Comparator.comparingLong(VirtualTimer::dueNanos).thenComparingLong(VirtualTimer::number));
  private long nanos;
  private long timersMade;

  /** Time with the seed 1. */
  public VirtualTime() {
    this(1);
  }

  /** Time whose choices are drawn from {@code seed}. */
  public VirtualTime(long seed) {
    random = new Random(seed);
  }

  /** A loop that goes by this time. */
  public VirtualLoop loop(String name) {
    return new VirtualLoop(this, name);
  }

  /** An executor for user code, which runs its tasks one at a time in this time. */
  public VirtualExecutor executor(String name) {
    return new VirtualExecutor(this, name);
  }

  /** What draws the choices, for fixtures that have some to make. */
  public Random random() {
    return random;
  }

  /** How much time has passed. */
  public synchronized Duration now() {
    return Duration.ofNanos(nanos);
  }

  /** Runs what is ready, and what that makes ready; time stands still. */
  public void runUntilIdle() {
    for (long i = 0; i < TASKS_THAT_ARE_TOO_MANY; i++) {
      VirtualTasks next = draw();
      if (next == null) {
        return;
      }
      next.runOne();
    }
    throw new AssertionError("it never becomes idle");
  }

  /** Lets {@code time} pass, and runs everything that falls due, each at its own moment. */
  public void advance(Duration time) {
    long target = nanoTime() + time.toNanos();
    runUntilIdle();
    while (jumpToTimer(target)) {
      runUntilIdle();
    }
    synchronized (this) {
      nanos = target;
    }
  }

  /**
   * Lets time pass until {@code condition} holds, at most {@code limit}.
   *
   * @return whether it holds
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    long target = nanoTime() + limit.toNanos();
    runUntilIdle();
    while (!condition.getAsBoolean() && jumpToTimer(target)) {
      runUntilIdle();
    }
    return condition.getAsBoolean();
  }

  /** Lets at most a minute pass until {@code future} is done, and gives what it brought. */
  public <T> T await(CompletableFuture<T> future) {
    if (!runUntil(future::isDone, Duration.ofMinutes(1))) {
      throw new AssertionError("not done after a minute: " + future);
    }
    return future.join();
  }

  /** How many timers wait: none is left when every handle has ended. */
  public synchronized int pendingTimers() {
    return timers.size();
  }

  synchronized long nanoTime() {
    return nanos;
  }

  synchronized void addReady(VirtualTasks tasks) {
    ready.add(tasks);
  }

  synchronized VirtualTimer schedule(VirtualLoop loop, Duration delay, Runnable task) {
    VirtualTimer timer =
        new VirtualTimer(this, nanos + Math.max(0, delay.toNanos()), timersMade++, loop, task);
    timers.add(timer);
    return timer;
  }

  synchronized void remove(VirtualTimer timer) {
    timers.remove(timer);
  }

  private synchronized @Nullable VirtualTasks draw() {
    return ready.isEmpty() ? null : ready.remove(random.nextInt(ready.size()));
  }

  private synchronized boolean jumpToTimer(long target) {
    VirtualTimer next = timers.peek();
    if (next == null || next.dueNanos() > target) {
      return false;
    }
    nanos = Math.max(nanos, next.dueNanos());
    while (next != null && next.dueNanos() <= nanos) {
      timers.remove(next);
      next.loop().execute(next::runOnce);
      next = timers.peek();
    }
    return true;
  }
}
