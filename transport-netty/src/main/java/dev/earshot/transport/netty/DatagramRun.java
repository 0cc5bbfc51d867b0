package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of one flow on their way to the socket: those of one length in a row leave as one
 * write, which the system cuts, where it can.
 */
@LoopConfined
final class DatagramRun {
  /** UDP_MAX_SEGMENTS of older Linux. */
  private static final int MOST_SEGMENTS = 64;

  /** What one IP packet carries before it is cut. */
  private static final int MOST_BYTES = 65_507;

  private final NettyLoop loop;
  private final UdpSocket socket;
  private final UdpFlow flow;

  private @Nullable ByteBuf buffer;
  private int segment;
  private int count;

  DatagramRun(NettyLoop loop, UdpSocket socket, UdpFlow flow) {
    this.loop = loop;
    this.socket = socket;
    this.flow = flow;
  }

  /**
   * A buffer for one more datagram of {@code length} bytes, which the caller writes to it at once.
   */
  ByteBuf next(int length) {
    ByteBuf open = buffer;
    boolean fits =
        open != null
            && length <= segment
            && length > 0
            && count < MOST_SEGMENTS
            && open.readableBytes() + length <= MOST_BYTES;
    if (open == null || !fits) {
      leave();
      // A short one first is likely to be followed by others as short.
      int room = socket.isSegmenting() ? Math.min(MOST_BYTES, length * MOST_SEGMENTS) : length;
      open = loop.allocator().directBuffer(Math.max(1, Math.min(room, NettyLoop.Arrays.DRAIN)));
      buffer = open;
      segment = length;
      count = 0;
    }
    count++;
    return open;
  }

  /** The datagram that {@link #next} asked for is written. */
  void written(int length) {
    if (!socket.isSegmenting() || length < segment) {
      leave(); // only the last may be shorter
    }
  }

  /** Hands what there is to the socket. */
  void leave() {
    ByteBuf open = buffer;
    if (open != null) {
      buffer = null;
      socket.write(open, Math.max(1, segment), flow);
    }
  }
}
