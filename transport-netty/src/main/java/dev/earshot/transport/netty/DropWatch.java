package dev.earshot.transport.netty;

import dev.earshot.TcpOptions;
import dev.earshot.spi.LoopConfined;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Looks after {@link TcpOptions#dropTime()} for one socket, where telling the system once does not
 * suffice.
 */
@LoopConfined
interface DropWatch {
  /** Where there is no drop time. */
  DropWatch NONE =
      new DropWatch() {
        @Override
        public void written(int count) {}

        @Override
        public void flushed() {}

        @Override
        public void end() {}
      };

  /** So many bytes were written. */
  void written(int count);

  /** What the system would take of them, it has taken. */
  void flushed();

  /** The socket is closed. */
  void end();

  /** Whether the system is told once, by {@link SocketOptions}, and not again. */
  static boolean isKeptBySystem(SocketChannel channel, TcpOptions options) {
    return channel instanceof EpollSocketChannel && options.keepAlive().isEmpty();
  }

  /**
   * The watch that {@code channel} needs.
   *
   * @param lost told of a peer that has taken nothing for that long, unless the system ends the
   *     connection before
   */
  static DropWatch of(
      NettyLoop loop, SocketChannel channel, TcpOptions options, Consumer<Throwable> lost) {
    if (options.dropTime().isEmpty()) {
      return NONE;
    }
    Duration time = options.dropTime().get();
    return channel instanceof EpollSocketChannel epoll
        ? new DropTime(epoll, options, loop::nanoTime, lost)
        : new WriteWatch(loop, channel, time, lost);
  }

  /** A drop time as the system takes it. */
  static int millis(Duration dropTime) {
    return (int) Math.min(Integer.MAX_VALUE, dropTime.toMillis());
  }
}
