package dev.earshot.internal.connection;

import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The pause between the last that a peer says and this side's farewell, in which the program reads
 * up to there, and what it sends in answer leaves.
 *
 * <p>RFC 6455, section 5.5.1, lets a close frame wait for a message that is being sent; a peer that
 * sends a message and a close frame in one go may so still get its answer.
 */
@LoopConfined
final class FarewellPause {
  /** How long a program may take: well below the second that peers wait for a farewell. */
  static final Duration LONGEST = Duration.ofMillis(500);

  private final Crossing crossing;
  private final ReceiveQueue reads;
  private @Nullable Runnable next;
  private Loop.@Nullable Timer timer;

  FarewellPause(Crossing crossing, ReceiveQueue reads) {
    this.crossing = crossing;
    this.reads = reads;
  }

  /** Calls {@code goOn} when the program has read what has come, or has had its time. Once. */
  void begin(Runnable goOn) {
    crossing.loop().assertInLoop();
    next = goOn;
    timer = crossing.loop().schedule(LONGEST, this::end);
    Runnable readUp = () -> crossing.toLoop(this::end, () -> {});
    crossing.queue().execute(() -> reads.whenReadUp(readUp));
  }

  private void end() {
    Runnable goOn = next;
    stop();
    if (goOn != null) {
      goOn.run();
    }
  }

  /** Nobody is to be called any more. */
  void stop() {
    crossing.loop().assertInLoop();
    next = null;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
