package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/** Where datagrams are read to: the buffer of their loop, out of which they are copied at once. */
@LoopConfined
final class DatagramReads extends DefaultMaxMessagesRecvByteBufAllocator {
  /** Datagrams that are read before other sockets of the loop have their turn. */
  private static final int MOST = 256;

  private final KeptBuffer buffer;

  /** Reads to {@code buffer}, which has room for any datagram. */
  DatagramReads(KeptBuffer buffer) {
    super(MOST);
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
    };
  }
}
