package dev.earshot.transport.netty;

import dev.earshot.Payload;
import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of one flow on their way to the socket: those of one length in a row leave as one
 * write, which the system cuts, where it can.
 */
@LoopConfined
final class DatagramRun {
  /** UDP_MAX_SEGMENTS of older Linux. */
  private static final int MOST_SEGMENTS = 64;

  /** As many bytes leave at once: their buffer serves again while it is in the cache. */
  private static final int MANY_BYTES = 32 << 10;

  /** What one IP packet carries before it is cut. */
  private static final int MOST_BYTES = 65_507;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Who wants to know how fast the system is. */
  interface Meter {
    /** The system has taken so many bytes, in so many nanoseconds. */
    void took(int bytes, long nanos);
  }

  private final NettyLoop loop;
  private final UdpSocket socket;
  private final UdpFlow flow;
  private final Meter meter;

  private @Nullable ByteBuf buffer;

  /** What is written to {@link #buffer}, at its end. */
  private ByteBuffer bytes = NOTHING;

  private int segment;
  private int count;

  DatagramRun(NettyLoop loop, UdpSocket socket, UdpFlow flow, Meter meter) {
    this.loop = loop;
    this.socket = socket;
    this.flow = flow;
    this.meter = meter;
  }

  /** Adds {@code content} as one datagram. */
  void add(Payload content) {
    int length = content.length();
    next(length).put(content.asByteBuffer()); // copied once, straight
    written(length);
  }

  /** Adds the first {@code length} bytes of {@code array} as one datagram. */
  void add(byte[] array, int length) {
    next(length).put(array, 0, length);
    written(length);
  }

  /** Where one more datagram of {@code length} bytes goes. */
  private ByteBuffer next(int length) {
    boolean fits =
        buffer != null
            && length <= segment
            && length > 0
            && count < MOST_SEGMENTS
            && bytes.position() + length <= MOST_BYTES;
    if (!fits) {
      leave();
      open(length);
    }
    count++;
    return bytes;
  }

  private void open(int length) {
    ByteBuf room = room(length);
    buffer = room;
    bytes = room.nioBuffer(0, room.capacity());
    segment = length;
    count = 0;
  }

  private ByteBuf room(int length) {
    if (socket.isSegmenting() && !socket.isBehind()) {
      return loop.writeBuffer();
    }
    // A short one first is likely to be followed by others as short.
    int several = socket.isSegmenting() ? Math.min(MOST_BYTES, length * MOST_SEGMENTS) : 1;
    return loop.allocator().directBuffer(Math.max(length, several));
  }

  private void written(int length) {
    if (!socket.isSegmenting() || length < segment) {
      leave(); // only the last may be shorter
    }
  }

  /** Hands what there is to the socket, which does not wait for others if it is much. */
  void leave() {
    ByteBuf open = buffer;
    if (open != null) {
      int length = bytes.position();
      buffer = null;
      bytes = NOTHING;
      if (length < MANY_BYTES) {
        socket.write(open.writerIndex(length), Math.max(1, segment), flow);
      } else {
        leaveAtOnce(open.writerIndex(length), length);
      }
    }
  }

  /** Tells the meter how long the system takes for as much, if it has taken that, and only that. */
  private void leaveAtOnce(ByteBuf content, int length) {
    boolean alone = !socket.isBehind();
    long lost = flow.notSent();
    long began = loop.nanoTime();
    socket.write(content, Math.max(1, segment), flow);
    socket.flush();
    if (alone && !socket.isBehind() && flow.notSent() == lost) {
      meter.took(length, loop.nanoTime() - began);
    }
  }
}
