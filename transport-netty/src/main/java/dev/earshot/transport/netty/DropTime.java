package dev.earshot.transport.netty;

import dev.earshot.TcpOptions;
import dev.earshot.spi.LoopConfined;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the system watch over what was sent and is not acknowledged, and over nothing else. While
 * {@code TCP_USER_TIMEOUT} is set, Linux judges silent connections by that time too, and no longer
 * by how many probes stay unanswered (tcp(7)). So it is set when something is sent, and taken back
 * within half a second of the acknowledgement; without keep-alive it stays.
 *
 * <p>Linux counts from the first time that it sends something again, which is most of a second
 * after the last acknowledgement, and more where packets take long. So time is kept here too, from
 * the look that saw the last one. What the peer answers without having room is left to the system.
 */
@LoopConfined
final class DropTime implements DropWatch {
  private static final Logger LOG = System.getLogger(DropTime.class.getName());

  /** A quarter of the shortest time that keep-alive can be given. */
  private static final long LOOK_MILLIS = 500;

  /** The system counts in steps of 1 to 10 ms. */
  private static final long STEP_MILLIS = 10;

  private final EpollSocketChannel channel;
  private final LongSupplier clock;
  private final Consumer<Throwable> lost;
  private final int millis;

  /** Whether the system was told once, and keeps the time by itself. */
  private final boolean forGood;

  /** Whether something may be unacknowledged. */
  private boolean watched;

  /** Since when nothing was acknowledged, and when that was looked at last; while watched. */
  private long since;

  private long looked;

  private @Nullable Future<?> nextLook;

  /**
   * The watch over {@code channel} with a drop time.
   *
   * @param clock of nanoseconds
   * @param lost told when nothing was acknowledged for so long
   */
  DropTime(
      EpollSocketChannel channel,
      TcpOptions options,
      LongSupplier clock,
      Consumer<Throwable> lost) {
    this.channel = channel;
    this.clock = clock;
    this.lost = lost;
    this.millis = options.dropTime().map(DropWatch::millis).orElseThrow();
    this.forGood = DropWatch.isKeptBySystem(channel, options);
  }

  @Override
  public void written(int count) {
    // The system knows how much it has.
  }

  @Override
  public void flushed() {
    if (!watched && channel.isActive()) {
      watched = true;
      since = clock.getAsLong();
      looked = since;
      tellSystem(millis);
      lookLater(millis);
    }
  }

  @Override
  public void end() {
    if (nextLook != null) {
      nextLook.cancel(false);
      nextLook = null;
    }
  }

  private void lookLater(long leftMillis) {
    long pause = Math.min(LOOK_MILLIS, leftMillis);
    nextLook = channel.eventLoop().schedule(this::look, pause, TimeUnit.MILLISECONDS);
  }

  private void look() {
    nextLook = null;
    if (!channel.isActive()) {
      return;
    }
    try {
      EpollTcpInfo info = channel.tcpInfo();
      if (isAllAcknowledged(info)) {
        watched = false;
        tellSystem(0);
      } else {
        judge(info.lastAckRecv());
      }
    } catch (ChannelException gone) {
      LOG.log(Level.DEBUG, () -> channel + " is no longer watched over", gone);
    }
  }

  /** What the peer has no room for is not under way, but then it is asked again and again. */
  private boolean isAllAcknowledged(EpollTcpInfo info) {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    boolean nothingWaits = waiting == null || waiting.totalPendingWriteBytes() == 0;
    return nothingWaits && info.unacked() == 0 && info.backoff() == 0;
  }

  private void judge(long lastHeardMillis) {
    long now = clock.getAsLong();
    if (lastHeardMillis <= TimeUnit.NANOSECONDS.toMillis(now - looked) + STEP_MILLIS) {
      since = now; // what is under way may have left after that
    }
    looked = now;
    long left = millis - TimeUnit.NANOSECONDS.toMillis(now - since);
    if (left > 0) {
      lookLater(left);
    } else {
      lost.accept(
          new IOException(
              "timed out: nothing was acknowledged for %s s (TcpOptions.dropTime)"
                  .formatted(millis / 1000.0)));
    }
  }

  private void tellSystem(int time) {
    if (forGood) {
      return;
    }
    try {
      channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, time);
    } catch (ChannelException gone) {
      // The peer may be gone already; then reading will tell.
      LOG.log(Level.DEBUG, () -> "the drop time of " + channel + " is not set", gone);
    }
  }
}
