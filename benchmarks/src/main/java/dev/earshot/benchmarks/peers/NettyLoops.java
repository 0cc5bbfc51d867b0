package dev.earshot.benchmarks.peers;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The event loops of a Netty contestant, on epoll where that is available, and its channels. */
final class NettyLoops implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int DATAGRAM_BUFFER = 4 << 20;
  private static final int LARGEST_DATAGRAM = 64 << 10;
  private static final int DATAGRAMS_READ = 64;

  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, handlers());
  private final WriteBufferWaterMark waterMark;

  /**
   * @param highWaterMark when a channel stops being writable, in bytes
   */
  NettyLoops(int highWaterMark) {
    this.waterMark = new WriteBufferWaterMark(highWaterMark / 2, highWaterMark);
  }

  private IoHandlerFactory handlers() {
    return epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  Channel bind(Consumer<Channel> pipeline) throws InterruptedException {
    Class<? extends ServerChannel> type =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    return new ServerBootstrap()
        .group(group)
        .channel(type)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark)
        .childHandler(initializer(pipeline))
        .bind(LOOPBACK, 0)
        .sync()
        .channel();
  }

  Channel connect(int port, Consumer<Channel> pipeline) throws InterruptedException {
    Class<? extends SocketChannel> type = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    return new Bootstrap()
        .group(group)
        .channel(type)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark)
        .handler(initializer(pipeline))
        .connect(LOOPBACK, port)
        .sync()
        .channel();
  }

  /** A bound socket for datagrams. */
  Channel bindDatagrams(ChannelHandler handler) throws InterruptedException {
    return datagrams(handler).bind(LOOPBACK, 0).sync().channel();
  }

  /** A socket for datagrams that is connected to {@code server}. */
  Channel connectDatagrams(InetSocketAddress server, ChannelHandler... handlers)
      throws InterruptedException {
    return datagrams(initializer(channel -> channel.pipeline().addLast(handlers)))
        .connect(server)
        .sync()
        .channel();
  }

  private Bootstrap datagrams(ChannelHandler handler) {
    return datagramSocket()
        .option(ChannelOption.SO_RCVBUF, DATAGRAM_BUFFER)
        .option(ChannelOption.SO_SNDBUF, DATAGRAM_BUFFER)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(LARGEST_DATAGRAM).maxMessagesPerRead(DATAGRAMS_READ))
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark)
        .handler(handler);
  }

  /** A socket for datagrams, of which one read may bring many where the system can do that. */
  Bootstrap datagramSocket() {
    Class<? extends DatagramChannel> type =
        epoll ? EpollDatagramChannel.class : NioDatagramChannel.class;
    Bootstrap bootstrap = new Bootstrap().group(group).channel(type);
    return epoll ? bootstrap.option(EpollChannelOption.UDP_GRO, true) : bootstrap;
  }

  private static ChannelHandler initializer(Consumer<Channel> pipeline) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        pipeline.accept(channel);
      }
    };
  }

  static int port(Channel server) {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
