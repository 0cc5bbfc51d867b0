package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A socket for datagrams, with one flow or many over it.
 *
 * <p>It is always read: a socket that many share cannot wait for one of them, and the network's
 * reports of unreachable ports come to light only by reading. What nobody wants yet waits in the
 * flow it belongs to.
 */
@LoopConfined
final class UdpSocket {
  private static final Logger LOG = System.getLogger(UdpSocket.class.getName());

  private final NettyLoop loop;
  private final DatagramChannel channel;
  private final Owner owner;

  /** Whether the system cuts one write into many datagrams (UDP_SEGMENT). */
  private boolean segments;

  /** Whom what arrives belongs to. */
  @LoopConfined
  interface Owner {
    /** A datagram; the array is given away. */
    void arrived(InetSocketAddress source, byte[] datagram);

    /** All that was there has been told. */
    void batchOver();

    /** There is room again after {@link #isWritable} was false. */
    void writable();

    /** Something went wrong, perhaps for a moment: the socket goes on. */
    void trouble(Throwable cause);

    /** The socket is closed, by nobody here. */
    void lost();
  }

  /** A socket over {@code channel}, not registered. */
  UdpSocket(NettyLoop loop, DatagramChannel channel, Owner owner) {
    this.loop = loop;
    this.channel = channel;
    this.owner = owner;
    UdpSystem.prepare(channel, loop.reads());
    channel.config().setAllocator(loop.allocator());
    segments = UdpSystem.cutsWrites(channel);
  }

  DatagramChannel channel() {
    return channel;
  }

  /** Begins to tell what arrives. */
  void begin() {
    channel.pipeline().addLast(new Reader());
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  /** Whether something was written that the system has not taken, or was not asked to take. */
  boolean isBehind() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting != null && !waiting.isEmpty();
  }

  /** Whether several datagrams may leave in one write. */
  boolean isSegmenting() {
    return segments;
  }

  /**
   * Writes {@code content}, whose reference is taken over, as datagrams of {@code segment} bytes,
   * the last perhaps shorter; {@code from} is told if it fails.
   */
  void write(ByteBuf content, int segment, UdpFlow from) {
    if (content.readableBytes() > segment) {
      writeSeveral(content, segment, from);
      return;
    }
    int length = content.readableBytes();
    channel
        .write(new DatagramPacket(content, from.remote()))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                from.notSent(1, length, written.cause());
              }
            });
  }

  private void writeSeveral(ByteBuf content, int segment, UdpFlow from) {
    channel
        .write(new SegmentedDatagramPacket(content.retainedDuplicate(), segment, from.remote()))
        .addListener(
            written -> {
              try {
                if (!written.isSuccess()) {
                  failed(content, segment, from, written.cause());
                }
              } finally {
                content.release();
              }
            });
  }

  private void failed(ByteBuf content, int segment, UdpFlow from, Throwable cause) {
    if (!UdpSystem.isTooMuchForTheLink(cause)) {
      from.notSent((content.readableBytes() + segment - 1) / segment, segment, cause);
      return;
    }
    segments = false; // the link cannot cut: from here on, one write for each
    while (content.isReadable()) {
      write(content.readRetainedSlice(Math.min(segment, content.readableBytes())), segment, from);
    }
    channel.flush();
  }

  /** Writes an answer to somebody with whom there is no flow. */
  void answer(ByteBuf content, InetSocketAddress to) {
    channel.writeAndFlush(new DatagramPacket(content, to), channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  /** Frees the socket. */
  void close() {
    channel.close();
  }

  /** Cuts what the system put together, and tells it. */
  private final class Reader extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      try {
        DatagramPacket packet = (DatagramPacket) message;
        InetSocketAddress source = source(packet);
        if (source != null && !loop.isClosing()) {
          ByteBuf content = packet.content();
          int most =
              packet instanceof SegmentedDatagramPacket several
                  ? Math.max(1, several.segmentSize())
                  : Math.max(1, content.readableBytes());
          do {
            byte[] datagram = new byte[Math.min(most, content.readableBytes())];
            content.readBytes(datagram);
            owner.arrived(source, datagram);
          } while (content.isReadable());
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private @Nullable InetSocketAddress source(DatagramPacket packet) {
      InetSocketAddress sender = packet.sender();
      return sender != null ? sender : channel.remoteAddress();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      owner.batchOver();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (channel.isWritable()) {
        owner.writable();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof IOException) {
        LOG.log(Level.DEBUG, () -> "trouble with " + channel + ", which goes on", cause);
        owner.trouble(cause);
      } else {
        LOG.log(Level.ERROR, "a datagram was not taken by " + channel, cause);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (!loop.isClosing()) {
        owner.lost();
      }
    }
  }
}
