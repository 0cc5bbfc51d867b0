package dev.earshot.session.internal.resource;

import dev.earshot.NetworkClock;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One deadline at a time, on the session's queue. */
final class Alarm {
  private final NetworkClock clock;
  private final Executor queue;
  private NetworkClock.@Nullable Timer timer;
  private long set;

  Alarm(NetworkClock clock, Executor queue) {
    this.clock = clock;
    this.queue = queue;
  }

  /** Has {@code task} done after {@code delay}, instead of what was set before. */
  void set(Duration delay, Runnable task) {
    clear();
    long mine = set;
    timer =
        clock.schedule(
            delay,
            () ->
                queue.execute(
                    () -> {
                      if (set == mine) {
                        task.run();
                      }
                    }));
  }

  void clear() {
    set++;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
