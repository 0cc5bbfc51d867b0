package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has the system watch over what was sent and is not acknowledged, and over nothing else. While
 * {@code TCP_USER_TIMEOUT} is set, Linux judges silent connections by that time too, and no longer
 * by how many probes stay unanswered (tcp(7)). So it is set when something is sent, and taken back
 * within half a second of the acknowledgement.
 */
@LoopConfined
final class DropTime implements DropWatch {
  private static final Logger LOG = System.getLogger(DropTime.class.getName());

  /** A quarter of the shortest time that keep-alive can be given. */
  private static final long LOOK_MILLIS = 500;

  private final EpollSocketChannel channel;
  private final int millis;

  /** Whether the system watches. */
  private boolean watched;

  private @Nullable Future<?> nextLook;

  DropTime(EpollSocketChannel channel, Duration dropTime) {
    this.channel = channel;
    this.millis = DropWatch.millis(dropTime);
  }

  @Override
  public void written(int count) {
    // The system knows how much it has.
  }

  @Override
  public void flushed() {
    if (!watched && channel.isActive()) {
      watched = true;
      watch(millis);
      lookLater();
    }
  }

  @Override
  public void end() {
    if (nextLook != null) {
      nextLook.cancel(false);
      nextLook = null;
    }
  }

  private void lookLater() {
    nextLook = channel.eventLoop().schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    nextLook = null;
    if (!channel.isActive()) {
      return;
    }
    try {
      if (isAllAcknowledged()) {
        watched = false;
        watch(0);
      } else {
        lookLater();
      }
    } catch (ChannelException gone) {
      LOG.log(Level.DEBUG, () -> channel + " is no longer watched over", gone);
    }
  }

  /** What the peer has no room for is not under way, but then it is asked again and again. */
  private boolean isAllAcknowledged() {
    EpollTcpInfo info = channel.tcpInfo();
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    boolean nothingWaits = waiting == null || waiting.totalPendingWriteBytes() == 0;
    return nothingWaits && info.unacked() == 0 && info.backoff() == 0;
  }

  private void watch(int time) {
    try {
      channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, time);
    } catch (ChannelException gone) {
      // The peer may be gone already; then reading will tell.
      LOG.log(Level.DEBUG, () -> "the drop time of " + channel + " is not set", gone);
    }
  }
}
