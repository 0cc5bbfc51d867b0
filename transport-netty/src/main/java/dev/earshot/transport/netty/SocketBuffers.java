package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The buffers in which a socket's bytes leave. */
@LoopConfined
final class SocketBuffers {
  private final NettyLoop loop;
  private final Channel channel;

  SocketBuffers(NettyLoop loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /** One with these bytes and then {@code tail}; {@link NettyLoop.Arrays#LENGTH} at most. */
  ByteBuf filled(byte[] bytes, int from, int to, @Nullable ByteBuffer tail) {
    int more = tail == null ? 0 : tail.remaining();
    ByteBuf buffer = ofLength(to - from + more);
    buffer.writeBytes(bytes, from, to - from);
    if (tail != null) {
      int at = buffer.writerIndex();
      buffer.internalNioBuffer(at, more).put(tail); // writeBytes would copy what is read-only twice
      buffer.writerIndex(at + more);
    }
    return buffer;
  }

  private ByteBuf ofLength(int count) {
    return isBehind() ? channel.alloc().directBuffer(count, count) : loop.writeBuffer();
  }

  /**
   * Whether the system has not taken all that was written. What is written then waits, and with it
   * its buffer: so that must be no larger than its content, or a peer that reads nothing could make
   * many small answers hold much memory.
   */
  private boolean isBehind() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting != null && !waiting.isEmpty();
  }
}
