package dev.earshot.transport.netty;

import dev.earshot.ServiceClass;
import dev.earshot.TcpOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketOption;
import jdk.net.ExtendedSocketOptions;

/** Sets the options of sockets. On the loop, or before a socket is registered with one. */
final class SocketOptions {
  private static final Logger LOG = System.getLogger(SocketOptions.class.getName());

  /**
   * Less than the first waits to be written: the pipe goes on. More than the second: it stops
   * polling.
   */
  private static final WriteBufferWaterMark WATER_MARKS =
      new WriteBufferWaterMark(512 << 10, 1 << 20);

  private static final int BACKLOG = 1024;

  /** RFC 2474, section 3: the code point is in the upper six bits of the field. */
  private static final int DSCP_SHIFT = 2;

  private SocketOptions() {}

  /** Options of a socket that carries bytes; nothing is read from it but on demand. */
  static void prepare(SocketChannel channel, TcpOptions options, ReadDemand demand) {
    set(channel, ChannelOption.AUTO_READ, false);
    set(channel, ChannelOption.RECVBUF_ALLOCATOR, demand);
    set(channel, ChannelOption.ALLOW_HALF_CLOSURE, true);
    set(channel, ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS);
    set(channel, ChannelOption.MESSAGE_SIZE_ESTIMATOR, FileRegions.sizes());
    set(channel, ChannelOption.CONNECT_TIMEOUT_MILLIS, 0); // the caller keeps the deadline
    set(channel, ChannelOption.TCP_NODELAY, options.noDelay());
    set(channel, ChannelOption.SO_KEEPALIVE, options.keepAlive().isPresent());
    options.keepAlive().ifPresent(keepAlive -> setKeepAlive(channel, keepAlive));
    if (DropWatch.isKeptBySystem(channel, options)) {
      options
          .dropTime()
          .map(DropWatch::millis)
          .ifPresent(millis -> set(channel, EpollChannelOption.TCP_USER_TIMEOUT, millis));
    }
  }

  /**
   * Marks what is sent. The system may refuse, which is no failure: networks may ignore it as well.
   * Where sockets of IPv6 carry IPv4 too, both are marked, except that Java itself (NIO) marks IPv6
   * alone on those of TCP.
   */
  static void mark(Channel channel, ServiceClass service) {
    if (service != ServiceClass.BEST_EFFORT) {
      set(channel, ChannelOption.IP_TOS, service.dscp() << DSCP_SHIFT);
    }
  }

  /** Options of a socket that accepts connections, one for each time it is asked. */
  static void prepare(ServerSocketChannel channel) {
    set(channel, ChannelOption.SO_REUSEADDR, true);
    set(channel, ChannelOption.SO_BACKLOG, BACKLOG);
    // One at a time: after "no more" none comes that was accepted together with the last.
    set(channel, ChannelOption.RECVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator());
  }

  /** Makes closing a socket drop what it has not sent, and reset the connection. */
  static void resetOnClose(SocketChannel channel) {
    set(channel, ChannelOption.SO_LINGER, 0);
  }

  /** Takes {@link #resetOnClose} back, which is how sockets are made. */
  static void sendRestOnClose(SocketChannel channel) {
    set(channel, ChannelOption.SO_LINGER, -1);
  }

  private static void setKeepAlive(SocketChannel channel, TcpOptions.KeepAlive keepAlive) {
    int idle = (int) Math.min(Short.MAX_VALUE, keepAlive.idle().toSeconds());
    int interval = (int) Math.min(Short.MAX_VALUE, keepAlive.interval().toSeconds());
    int count = Math.min(Byte.MAX_VALUE, keepAlive.count()); // more is refused by Linux
    if (channel instanceof EpollSocketChannel) {
      set(channel, EpollChannelOption.TCP_KEEPIDLE, idle);
      set(channel, EpollChannelOption.TCP_KEEPINTVL, interval);
      set(channel, EpollChannelOption.TCP_KEEPCNT, count);
    } else {
      setNio(channel, ExtendedSocketOptions.TCP_KEEPIDLE, idle);
      setNio(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, interval);
      setNio(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, count);
    }
  }

  private static void setNio(Channel channel, SocketOption<Integer> option, int value) {
    set(channel, NioChannelOption.of(option), value);
  }

  private static <T> void set(Channel channel, ChannelOption<T> option, T value) {
    try {
      if (!channel.config().setOption(option, value)) {
        LOG.log(Level.DEBUG, "{0} is not supported by {1}", option, channel);
      }
    } catch (ChannelException e) {
      // The peer may be gone already; then reading will tell. No option is worth a connection.
      LOG.log(Level.DEBUG, () -> "setting " + option + " of " + channel, e);
    }
  }
}
