package dev.earshot.internal.connection;

import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection waits before it tries again by itself: a second, then twice as long each
 * time, at most half a minute. Begins anew when something has changed.
 */
@LoopConfined
final class RetryPauses {
  static final Duration FIRST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofSeconds(30);

  private final Loop loop;
  private final Runnable retry;
  private Duration next = FIRST;
  private Loop.@Nullable Timer timer;

  /** Pauses after each of which {@code retry} runs on {@code loop}. */
  RetryPauses(Loop loop, Runnable retry) {
    this.loop = loop;
    this.retry = retry;
  }

  /** Begins the next pause. */
  void begin() {
    loop.assertInLoop();
    stop();
    timer = loop.schedule(next, retry);
    Duration twice = next.multipliedBy(2);
    next = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
  }

  /** Ends the pause, if one is running. */
  void stop() {
    loop.assertInLoop();
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Something has changed: the next pause is a short one again. */
  void beginAnew() {
    loop.assertInLoop();
    next = FIRST;
  }
}
