package dev.earshot.internal.connection;

import dev.earshot.EstablishmentReport;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When a connection began to come about, how often it was tried, and when it is tried again. */
@LoopConfined
final class Establishment {
  private final Loop loop;
  private final RetryPauses pauses;
  private long begun;
  private int attempts;

  /** One whose attempts after the first begin with {@code retry}. */
  Establishment(Loop loop, Runnable retry) {
    this.loop = loop;
    this.pauses = new RetryPauses(loop, retry);
  }

  /** The pauses between the attempts. */
  RetryPauses pauses() {
    return pauses;
  }

  /** An attempt begins. */
  void attempted() {
    pauses.stop();
    if (attempts++ == 0) {
      begun = loop.nanoTime();
    }
  }

  /** The report of a connection that is ready, by {@code attempt}. */
  EstablishmentReport report(@Nullable Attempt attempt, Pipe pipe) {
    Attempt.Trace trace = attempt == null ? Attempt.Trace.NONE : attempt.trace();
    return new EstablishmentReport(
        Duration.ofNanos(loop.nanoTime() - begun),
        Math.max(0, attempts - 1),
        trace.resolution(),
        trace.addresses(),
        pipe.handshakes());
  }
}
