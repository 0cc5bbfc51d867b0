package dev.earshot.transport.netty;

import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.SystemPropertyUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the system takes nothing of what was written, where the system itself does not end
 * such a connection ({@link dev.earshot.TcpOptions#dropTime()}).
 *
 * <p>It looks only while something waits, a few times in the time that it may wait.
 */
@LoopConfined
final class WriteWatch implements DropWatch {
  private static final int LOOKS = 4;
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  /** What Netty counts for each buffer beside its bytes. */
  private static final int OVERHEAD =
      SystemPropertyUtil.getInt("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

  private final Loop loop;
  private final SocketChannel channel;
  private final Duration dropTime;
  private final Consumer<Throwable> lost;

  /** The bytes that were ever written. */
  private long written;

  /** How many of them the system had when that last changed, and when that was. */
  private long taken;

  private long since;
  private Loop.@Nullable Timer timer;

  WriteWatch(Loop loop, SocketChannel channel, Duration dropTime, Consumer<Throwable> lost) {
    this.loop = loop;
    this.channel = channel;
    this.dropTime = dropTime;
    this.lost = lost;
  }

  @Override
  public void written(int count) {
    written += count;
  }

  @Override
  public void flushed() {
    if (timer == null && waiting() > 0) {
      taken = written - waiting();
      since = loop.nanoTime();
      lookLater(dropTime);
    }
  }

  @Override
  public void end() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void lookLater(Duration left) {
    Duration pause = shorter(dropTime.dividedBy(LOOKS), LONGEST_PAUSE);
    timer = loop.schedule(shorter(pause, left), this::look);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void look() {
    timer = null;
    long waiting = waiting();
    if (waiting == 0) {
      return;
    }
    long now = loop.nanoTime();
    if (written - waiting != taken) {
      taken = written - waiting;
      since = now;
    }
    Duration left = dropTime.minusNanos(now - since);
    if (left.isNegative() || left.isZero()) {
      lost.accept(
          new IOException(
              "timed out: nothing was taken for %s s (TcpOptions.dropTime)"
                  .formatted(dropTime.toMillis() / 1000.0)));
    } else {
      lookLater(left);
    }
  }

  /** The bytes that the system has not taken. */
  private long waiting() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    if (buffer == null || buffer.isEmpty()) {
      return 0;
    }
    long counted = buffer.totalPendingWriteBytes() - (long) OVERHEAD * buffer.size();
    return Math.max(0, counted - buffer.currentProgress());
  }
}
