package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Workload;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The practical limit of QUIC: one stream straight on Netty's codec, its settings those of
 * Earshot's transport, counted where it lies.
 */
public final class NettyQuic implements Contestant {
  private static final String PROTOCOL = "benchmark";
  private static final String LOOPBACK = "127.0.0.1";
  private static final long SECONDS = 10;

  private final NettyLoops loops = new NettyLoops(1 << 20);
  private final QuicSettings settings;

  private NettyQuic(QuicSettings settings) {
    this.settings = settings;
  }

  /** Packets as large as most networks carry. */
  public static NettyQuic usual() {
    return new NettyQuic(QuicSettings.USUAL);
  }

  /** Packets of 9,000 bytes, which the loopback carries. */
  public static NettyQuic large() {
    return new NettyQuic(QuicSettings.LARGE);
  }

  @Override
  public Server serve(Workload workload) throws InterruptedException {
    SelfSigned own = SelfSigned.make();
    QuicSslContext tls =
        QuicSslContextBuilder.forServer(own.key(), null, own.certificate())
            .applicationProtocols(PROTOCOL)
            .earlyData(false)
            .build();
    ChannelHandler codec =
        settings
            .engine(new QuicServerCodecBuilder())
            .sslContext(tls)
            .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, settings.segmentation())
            .streamOption(ChannelOption.RECVBUF_ALLOCATOR, settings.streamReads())
            .streamHandler(serving(workload))
            .build();
    return new NettyServer(
        settings.socket(loops.datagramSocket()).handler(codec).bind(LOOPBACK, 0).sync().channel());
  }

  private static ChannelHandler serving(Workload workload) {
    return new ChannelInitializer<QuicStreamChannel>() {
      @Override
      protected void initChannel(QuicStreamChannel stream) {
        stream.pipeline().addLast(new ChunkReader(workload));
      }
    };
  }

  @Override
  public Link connect(String contact, Workload workload) throws Exception {
    QuicSslContext tls =
        QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(PROTOCOL)
            .build();
    ChannelHandler codec = settings.engine(new QuicClientCodecBuilder()).sslContext(tls).build();
    InetSocketAddress server = new InetSocketAddress(LOOPBACK, Integer.parseInt(contact));
    Channel socket =
        settings.socket(loops.datagramSocket()).handler(codec).connect(server).sync().channel();
    QuicChannel connection =
        QuicChannel.newBootstrap(socket)
            .streamHandler(new ChannelInboundHandlerAdapter())
            .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, settings.segmentation())
            .streamOption(ChannelOption.RECVBUF_ALLOCATOR, settings.streamReads())
            .localAddress(socket.localAddress())
            .remoteAddress(server)
            .connect()
            .get(SECONDS, TimeUnit.SECONDS);
    AnswerReader answers = new AnswerReader();
    Channel stream =
        connection
            .createStream(QuicStreamType.BIDIRECTIONAL, answers)
            .get(SECONDS, TimeUnit.SECONDS);
    return new StreamLink(connection, new QuicSender(socket, stream, answers.room()), answers);
  }

  @Override
  public void close() {
    loops.close();
  }

  private record StreamLink(QuicChannel connection, Sender sender, AnswerReader answers)
      implements Link {
    @Override
    public byte[] receive(Duration patience) {
      return answers.mailbox().poll(patience);
    }

    @Override
    public void close() {
      connection.close(true, 0, Unpooled.EMPTY_BUFFER).syncUninterruptibly();
      connection.parent().close().syncUninterruptibly();
    }
  }
}
