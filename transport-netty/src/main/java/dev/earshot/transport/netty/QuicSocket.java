package dev.earshot.transport.netty;

import dev.earshot.QuicOptions;
import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ImmediateExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * A socket that speaks QUIC: how it, the engine on it and its streams are set up.
 *
 * <p>Where the system cuts one write into many packets (UDP_SEGMENT) it does, until a link turns
 * out not to; where it hands over many in one read (UDP_GRO), Netty cuts those.
 */
@LoopConfined
final class QuicSocket extends ChannelDuplexHandler {
  private static final Logger LOG = System.getLogger(QuicSocket.class.getName());

  /** What most networks carry, with room for a tunnel. */
  private static final int USUAL_PAYLOAD = 1_350;

  private static final int LEAST_PAYLOAD = 1_200;
  private static final int LEAST_RECEIVED = 2_048;
  private static final int MOST_IN_ONE_WRITE = 65_507;
  private static final int MOST_IN_ONE_READ = 64 << 10;
  private static final int MOST_SEGMENTS = 40;
  private static final int BATCH = 64;
  private static final int SYSTEM_BUFFER = 2 << 20;
  private static final int STREAM_READ = 64 << 10;
  private static final int DATAGRAMS_RECEIVED = 1_024;
  private static final int KEEP_ALIVE_WINDOW = 1 << 10;

  private final DatagramChannel channel;
  private final Owner owner;
  private final int payload;
  private final QuicFarewell farewell;
  private final ArrayDeque<Runnable> afterwards = new ArrayDeque<>(1);
  private final ArrayDeque<Runnable> answered = new ArrayDeque<>(1);
  private boolean segments;
  private boolean inBatch;
  private boolean feeding;

  /** Who is told what happens to the socket. */
  interface Owner {
    /** Something has arrived, whatever it is. */
    void heard();

    /** Something went wrong, perhaps for a moment. */
    void trouble(Throwable cause);
  }

  /**
   * A socket over {@code channel}, which is not registered.
   *
   * @param payload what is sent at once, at most
   */
  QuicSocket(NettyLoop loop, DatagramChannel channel, int received, int payload, Owner owner) {
    this.channel = channel;
    this.owner = owner;
    this.payload = payload;
    this.farewell = new QuicFarewell(loop, channel);
    this.segments = UdpSystem.cutsWrites(channel);
    channel.config().setAllocator(loop.allocator());
    int room = UdpSystem.joinsReads(channel) ? MOST_IN_ONE_READ : received;
    channel
        .config()
        .setOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(room).maxMessagesPerRead(BATCH));
    channel.config().setOption(ChannelOption.SO_RCVBUF, SYSTEM_BUFFER);
    channel.config().setOption(ChannelOption.SO_SNDBUF, SYSTEM_BUFFER);
  }

  /** How connections end. */
  QuicFarewell farewell() {
    return farewell;
  }

  /** The payload that is sent, if the path is known to carry {@code carried}. */
  static int payload(QuicOptions options, int carried) {
    return options
        .maximumUdpPayload()
        .orElse(Math.max(LEAST_PAYLOAD, Math.min(USUAL_PAYLOAD, carried)));
  }

  /** The largest payload that is received. */
  static int received(QuicOptions options) {
    return Math.max(LEAST_RECEIVED, options.maximumUdpPayload().orElse(0));
  }

  /** Sets the engine up. */
  static <B extends QuicCodecBuilder<B>> B configure(B codec, QuicOptions options, int payload) {
    codec
        .sslTaskExecutor(ImmediateExecutor.INSTANCE)
        .maxIdleTimeout(options.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .maxSendUdpPayloadSize(payload)
        .maxRecvUdpPayloadSize(received(options))
        .initialMaxData(options.groupWindow())
        .initialMaxStreamDataBidirectionalLocal(options.streamWindow())
        .initialMaxStreamDataBidirectionalRemote(options.streamWindow())
        .initialMaxStreamDataUnidirectional(KEEP_ALIVE_WINDOW)
        .initialMaxStreamsBidirectional(options.maximumStreams())
        .initialMaxStreamsUnidirectional(1);
    if (options.datagrams()) {
      codec.datagram(DATAGRAMS_RECEIVED, EngineQueue.LENGTH);
    }
    return codec;
  }

  /** How one write becomes many packets. */
  SegmentedDatagramPacketAllocator segmentation() {
    return new SegmentedDatagramPacketAllocator() {
      @Override
      public int maxNumSegments() {
        return segments ? Math.max(1, Math.min(MOST_SEGMENTS, MOST_IN_ONE_WRITE / payload)) : 0;
      }

      @Override
      public DatagramPacket newPacket(ByteBuf buffer, int segment, InetSocketAddress remote) {
        return new SegmentedDatagramPacket(buffer, segment, remote);
      }
    };
  }

  /** The socket below {@code connection}. */
  static QuicSocket below(QuicChannel connection) {
    return connection.parent().pipeline().get(QuicSocket.class);
  }

  /**
   * Runs {@code task} when the engine has all packets that have come together, and before it
   * answers them; at once if it is not being fed.
   */
  void afterBatch(Runnable task) {
    if (inBatch) {
      afterwards.add(task);
    } else {
      task.run();
    }
  }

  /** Whether the engine has packets that it has not answered yet. */
  boolean isFeeding() {
    return feeding;
  }

  /** Runs {@code task} once the engine has answered the packets that it is being fed. */
  void onceAnswered(Runnable task) {
    answered.add(task);
  }

  /** Sets up a stream, before anything is read from it. */
  static void prepare(QuicStreamChannel stream, NettyLoop loop) {
    stream.config().setAutoRead(false);
    stream.config().setAllowHalfClosure(true);
    stream.config().setAllocator(loop.allocator());
    stream.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(STREAM_READ));
  }

  /** Receives the streams that peers open. */
  static ChannelInitializer<QuicStreamChannel> acceptor(NettyLoop loop) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(QuicStreamChannel stream) {
        if (stream.type() == QuicStreamType.UNIDIRECTIONAL) {
          stream.pipeline().addLast(new Dropping()); // see QuicKeepAlive
        } else {
          prepare(stream, loop);
          QuicGroup.of(stream.parent()).arrived(stream);
        }
      }
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    owner.heard();
    inBatch = true;
    feeding = true;
    context.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    inBatch = false;
    while (!afterwards.isEmpty()) {
      afterwards.remove().run();
    }
    context.fireChannelReadComplete();
    feeding = false;
    for (int left = answered.size(); left > 0; left--) {
      answered.remove().run();
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof DatagramPacket packet) {
      farewell.written(packet);
    }
    if (message instanceof SegmentedDatagramPacket) {
      promise.addListener(
          done -> {
            if (!done.isSuccess() && UdpSystem.isTooMuchForTheLink(done.cause())) {
              segments = false; // what was lost is sent again, one by one
            }
          });
    }
    context.write(message, promise);
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    farewell.flushing(context::flush);
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

  /** Takes what nobody wants. */
  private static final class Dropping extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.log(Level.TRACE, "a stream that nobody reads was reset", cause);
    }
  }
}
