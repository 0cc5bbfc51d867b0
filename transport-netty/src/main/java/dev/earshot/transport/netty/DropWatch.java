package dev.earshot.transport.netty;

import dev.earshot.TcpOptions;
import dev.earshot.spi.LoopConfined;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks after {@link TcpOptions#dropTime()} for one socket, where telling the system once does not
 * suffice.
 */
@LoopConfined
interface DropWatch {
  /** So many bytes were written. */
  void written(int count);

  /** What the system would take of them, it has taken. */
  void flushed();

  /** The socket is closed. */
  void end();

  /** Whether the system is told once, by {@link SocketOptions}, and keeps the time by itself. */
  static boolean isKeptBySystem(SocketChannel channel, TcpOptions options) {
    return channel instanceof EpollSocketChannel && options.keepAlive().isEmpty();
  }

  /**
   * The watch that {@code channel} needs; null if it needs none.
   *
   * @param lost told of a peer that has taken nothing for that long, if it is not the system that
   *     ends the connection
   */
  static @Nullable DropWatch of(
      NettyLoop loop, SocketChannel channel, TcpOptions options, Consumer<Throwable> lost) {
    if (options.dropTime().isEmpty() || isKeptBySystem(channel, options)) {
      return null;
    }
    Duration time = options.dropTime().get();
    return channel instanceof EpollSocketChannel epoll
        ? new DropTime(epoll, time)
        : new WriteWatch(loop, channel, time, lost);
  }

  /** A drop time as the system takes it. */
  static int millis(Duration dropTime) {
    return (int) Math.min(Integer.MAX_VALUE, dropTime.toMillis());
  }
}
