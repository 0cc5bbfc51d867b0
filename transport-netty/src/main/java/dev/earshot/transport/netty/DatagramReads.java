package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Where datagrams are read to: the buffer of their loop, out of which they are copied at once.
 *
 * <p>A socket that is closed by what a datagram brings is not read any more: its number may be
 * another socket's by then, whose bytes would be lost.
 */
@LoopConfined
final class DatagramReads extends DefaultMaxMessagesRecvByteBufAllocator {
  /** Datagrams that are read before other sockets of the loop have their turn. */
  private static final int MOST = 256;

  /** The same with NIO, which reads all of them, each to a buffer of its own, before it tells. */
  private static final int MOST_AT_ONCE = 16;

  private final DatagramChannel channel;
  private final KeptBuffer buffer;

  /** Reads {@code channel} to {@code buffer}, which has room for any datagram. */
  DatagramReads(DatagramChannel channel, KeptBuffer buffer) {
    super(channel instanceof NioDatagramChannel ? MOST_AT_ONCE : MOST);
    this.channel = channel;
    this.buffer = buffer;
  }

  @Override
  @SuppressWarnings("deprecation") // the interface's own return type
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public ByteBuf allocate(ByteBufAllocator alloc) {
        return buffer.lend();
      }

      @Override
      public int guess() {
        return NettyLoop.Arrays.READ;
      }

      @Override
      public boolean continueReading() {
        return channel.isOpen() && super.continueReading();
      }

      @Override
      public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
        return channel.isOpen() && super.continueReading(maybeMoreData);
      }
    };
  }
}
