package dev.earshot.discovery.mdns;

import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A question that is asked again and again: after 20 to 120 ms, a second later, and then with twice
 * the pause each time up to an hour (RFC 6762, section 5.2).
 */
@LoopConfined
final class TypeQuery {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private final Loop loop;
  private final Runnable ask;
  private Duration pause = FIRST_PAUSE;
  private Loop.@Nullable Timer timer;

  TypeQuery(Loop loop, Runnable ask) {
    this.loop = loop;
    this.ask = ask;
  }

  /** Begins anew: somebody new is interested, or the link has come back. */
  void restart() {
    stop();
    pause = FIRST_PAUSE;
    Duration delay = Duration.ofMillis(ThreadLocalRandom.current().nextInt(20, 121));
    timer = loop.schedule(delay, this::askAndWait);
  }

  private void askAndWait() {
    ask.run();
    timer = loop.schedule(pause, this::askAndWait);
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
