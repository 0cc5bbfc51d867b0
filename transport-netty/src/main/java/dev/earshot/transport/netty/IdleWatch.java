package dev.earshot.transport.netty;

import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Notices that nothing has arrived for a while: one timer, which is set anew when it was wrong. */
@LoopConfined
final class IdleWatch {
  private final Loop loop;
  private final Duration limit;
  private final Runnable idle;
  private long heardAt;
  private Loop.@Nullable Timer timer;

  /** Calls {@code idle}, once, when nothing was {@link #heard} for {@code limit}. */
  IdleWatch(Loop loop, Duration limit, Runnable idle) {
    this.loop = loop;
    this.limit = limit;
    this.idle = idle;
    heard();
    timer = loop.schedule(limit, this::look);
  }

  void heard() {
    heardAt = loop.nanoTime();
  }

  private void look() {
    long left = limit.toNanos() - (loop.nanoTime() - heardAt);
    if (left > 0) {
      timer = loop.schedule(Duration.ofNanos(left), this::look);
    } else {
      timer = null;
      idle.run();
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
