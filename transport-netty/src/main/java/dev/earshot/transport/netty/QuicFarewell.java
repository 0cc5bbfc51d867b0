package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last packet of each connection of a socket, which tells the peer that it is over.
 *
 * <p>Nobody acknowledges it, and the engine forgets the connection with it. If it is lost, the peer
 * would not know before its idle timeout: so the same packet is sent a few times more, as RFC 9000,
 * section 10.2.1, lets it be. Those of handshakes are not: a listener would take them for somebody
 * new.
 */
@LoopConfined
final class QuicFarewell {
  /** How long after the packet before. */
  private static final List<Duration> PAUSES =
      List.of(Duration.ofMillis(50), Duration.ofMillis(150), Duration.ofMillis(300));

  /** The first bit of all packets of a handshake (RFC 9000, section 17.2). */
  private static final int LONG_HEADER = 0x80;

  private final NettyLoop loop;
  private final DatagramChannel channel;

  /** Null while no connection is being closed. */
  private @Nullable Last last;

  private int repeating;

  /** The socket is open only for what is repeated. */
  private boolean closing;

  /** The packet that was written last. */
  private static final class Last {
    private byte[] bytes = {};
    private @Nullable InetSocketAddress to;
  }

  QuicFarewell(NettyLoop loop, DatagramChannel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /** Runs {@code close}, in which the engine says it. */
  void say(Runnable close) {
    Last outer = last;
    Last said = new Last();
    last = said;
    try {
      close.run();
    } finally {
      last = outer;
    }
    if (said.to != null && (said.bytes[0] & LONG_HEADER) == 0) {
      repeating++;
      repeat(said, 0);
    }
  }

  /**
   * Runs {@code flush}, in which the engine may write for other connections whose turn it makes it.
   */
  void flushing(Runnable flush) {
    Last said = last;
    last = null;
    try {
      flush.run();
    } finally {
      last = said;
    }
  }

  /** The engine writes {@code packet}. */
  void written(DatagramPacket packet) {
    Last kept = last;
    ByteBuf content = packet.content();
    if (kept == null || !content.isReadable()) {
      return;
    }
    int length = content.readableBytes();
    int part = packet instanceof SegmentedDatagramPacket many ? many.segmentSize() : 0;
    int count = part <= 0 || length <= part ? length : (length - 1) % part + 1;
    kept.bytes = new byte[count];
    content.getBytes(content.writerIndex() - count, kept.bytes);
    kept.to = packet.recipient();
  }

  private void repeat(Last said, int time) {
    if (time == PAUSES.size()) {
      repeating--;
      closeIfSaid();
      return;
    }
    loop.schedule(
        PAUSES.get(time),
        () -> {
          if (channel.isOpen()) {
            channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(said.bytes), said.to));
            repeat(said, time + 1);
          }
        });
  }

  /**
   * Closes the socket when all has been said, and what was said last has left; at once if many of
   * the loop's wait for that already.
   */
  void closeSocket() {
    loop.execute(
        () -> {
          if (repeating == 0 || !closing && !loop.mayLinger()) {
            channel.close();
          } else if (!closing) {
            closing = true;
            channel.closeFuture().addListener(closed -> loop.lingered());
          }
        });
  }

  private void closeIfSaid() {
    if (closing && repeating == 0) {
      channel.close();
    }
  }
}
