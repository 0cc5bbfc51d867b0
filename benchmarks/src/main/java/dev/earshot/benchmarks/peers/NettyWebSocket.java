package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Messages;
import dev.earshot.benchmarks.Room;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * NWS, what a Netty user writes first: the stock WebSocket handlers and one {@code writeAndFlush} a
 * message, waiting while the channel is not writable.
 */
public final class NettyWebSocket implements Contestant {
  private static final String PATH = "/";
  private static final int HTTP_LIMIT = 64 * 1024;

  /** Netty's own default. */
  private static final int HIGH_WATER_MARK = 64 * 1024;

  private final NettyLoops loops = new NettyLoops(HIGH_WATER_MARK);

  @Override
  public Server serve(Workload workload) throws InterruptedException {
    WebSocketServerProtocolConfig config =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath(PATH)
            .maxFramePayloadLength(Messages.LONGEST)
            .build();
    Channel server =
        loops.bind(
            channel ->
                channel
                    .pipeline()
                    .addLast(
                        new HttpServerCodec(),
                        new HttpObjectAggregator(HTTP_LIMIT),
                        new WebSocketServerProtocolHandler(config),
                        new Serving(workload)));
    return new NettyServer(server);
  }

  @Override
  public Link connect(String contact, Workload workload) throws Exception {
    WebSocketClientProtocolConfig config =
        WebSocketClientProtocolConfig.newBuilder()
            .webSocketUri("ws://127.0.0.1:" + contact + PATH)
            .maxFramePayloadLength(Messages.LONGEST)
            .build();
    Connecting connecting = new Connecting();
    Channel channel =
        loops.connect(
            Integer.parseInt(contact),
            made ->
                made.pipeline()
                    .addLast(
                        new HttpClientCodec(),
                        new HttpObjectAggregator(HTTP_LIMIT),
                        new WebSocketClientProtocolHandler(config),
                        connecting));
    connecting.handshake.get(10, TimeUnit.SECONDS);
    return new FrameLink(channel, connecting);
  }

  @Override
  public void close() {
    loops.close();
  }

  private record FrameLink(Channel channel, Connecting connecting) implements Link {
    @Override
    public Sender sender() {
      return message -> {
        if (!channel.isWritable()) {
          connecting.room.await(channel::isWritable);
        }
        channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(message)));
      };
    }

    @Override
    public byte[] receive(Duration patience) {
      return connecting.mailbox.poll(patience);
    }

    @Override
    public void close() {
      channel.writeAndFlush(new CloseWebSocketFrame());
      channel.closeFuture().syncUninterruptibly();
    }
  }

  private static final class Connecting extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    private final CompletableFuture<Void> handshake = new CompletableFuture<>();
    private final Mailbox mailbox = new Mailbox();
    private final Room room = new Room();

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        handshake.complete(null);
      }
      context.fireUserEventTriggered(event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
      mailbox.offer(ByteBufUtil.getBytes(frame.content()));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      room.freed();
      context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end(null);
      context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      end(cause);
      context.close();
    }

    private void end(Throwable cause) {
      handshake.completeExceptionally(new IllegalStateException("closed", cause));
      mailbox.end(cause);
      room.end(cause);
    }
  }

  private static final class Serving extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    private final Tally tally;

    Serving(Workload workload) {
      this.tally = new Tally(workload);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
      ByteBuf content = frame.content();
      switch (content.getByte(content.readerIndex())) {
        case Messages.DATA -> tally.data(content.readableBytes());
        case Messages.MARK -> {
          ByteBuf answer = Unpooled.wrappedBuffer(tally.answer());
          context.writeAndFlush(new BinaryWebSocketFrame(answer));
        }
        default -> context.writeAndFlush(frame.retain());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      System.err.println("NWS server: " + cause);
      context.close();
    }
  }
}
