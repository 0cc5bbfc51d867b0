package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Protocol;
import dev.earshot.QuicOptions;
import dev.earshot.Security;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.LoopConfined;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A QUIC connection to one address, over a socket of its own that is connected to it. */
@LoopConfined
final class QuicDial implements Dial, QuicSocket.Owner {
  private final NettyLoop loop;
  private final DialRequest request;
  private final QuicTls tls;
  private final Executor workers;
  private final Events events;
  private final QuicOptions options;
  private final String peer;
  private final LocalEnd local;
  private @Nullable DatagramChannel socket;
  private @Nullable QuicGroup group;
  private @Nullable QuicOpening opening;
  private @Nullable NetworkPath path;
  private boolean heard;
  private boolean over;

  QuicDial(NettyLoop loop, DialRequest request, QuicTls tls, Executor workers, Events events) {
    this.loop = loop;
    this.request = request;
    this.tls = tls;
    this.workers = workers;
    this.events = events;
    this.options = ((Protocol.Quic) request.parameters().protocol()).options();
    String asked = request.endpoint().toString();
    String used = Endpoint.of(request.remote()).toString();
    peer = asked.equals(used) ? asked : asked + " (" + used + ")";
    local = new LocalEnd(loop, request);
  }

  /** Begins. */
  void begin(Supplier<DatagramChannel> sockets) {
    if (over) {
      return;
    }
    if (request.parameters().security() instanceof Security.Pki pki
        && pki.identity().filter(own -> own.isDestroyed()).isPresent()) {
      over = true;
      events.failed(QuicErrors.destroyed(peer));
      return;
    }
    try {
      connect(sockets.get());
    } catch (ChannelException e) {
      unreachable(e); // too many open files, most likely
    }
  }

  private void connect(DatagramChannel channel) {
    socket = channel;
    loop.eventLoop()
        .register(channel)
        .addListener(
            registered -> {
              if (registered.isSuccess()) {
                UdpSystem.forbidFragments(channel);
                SocketOptions.mark(channel, request.parameters().serviceClass());
                local.connect(channel, cause -> connected(channel, cause));
              } else {
                connected(channel, registered.cause());
              }
            });
  }

  private void connected(DatagramChannel channel, @Nullable Throwable cause) {
    if (over) {
      return;
    }
    if (cause != null) {
      unreachable(cause);
      return;
    }
    InetSocketAddress here = channel.localAddress();
    path =
        new NetworkPath(
            NetworkPath.Status.SATISFIED,
            Optional.empty(),
            Optional.ofNullable(here),
            Optional.of(request.remote()));
    int carried = UdpSystem.datagramSize(channel, here.getAddress(), request.remote());
    int payload = QuicSocket.payload(options, carried);
    QuicSocket watch = new QuicSocket(loop, channel, QuicSocket.received(options), payload, this);
    QuicScope.keep(channel.pipeline(), request.remote());
    channel.pipeline().addLast(watch);
    channel
        .pipeline()
        .addLast(
            QuicSocket.configure(new QuicClientCodecBuilder(), options, payload)
                .sslEngineProvider(this::engine)
                .build());
    QuicChannel.newBootstrap(channel)
        .handler(new Beginning(path))
        .streamHandler(QuicSocket.acceptor(loop))
        .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, watch.segmentation())
        // Who dials has a timer; Netty's would hold the connection for 30 s, over or not.
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
        .remoteAddress(request.remote())
        .localAddress(here)
        .connect()
        .addListener(
            done -> {
              QuicGroup begun = group;
              if (!done.isSuccess() && begun != null) {
                begun.failed(done.cause());
              }
            });
  }

  private QuicSslEngine engine(QuicChannel channel) {
    String host =
        request.endpoint() instanceof Endpoint.HostPort address
            ? address.host()
            : request.remote().getAddress().getHostAddress();
    QuicSslEngine engine =
        tls.client(loop.allocator(), request.parameters(), host, request.remote().getPort());
    QuicTls.judge(engine, QuicGroup.of(channel).facts().judgement());
    return engine;
  }

  private void unreachable(Throwable cause) {
    over = true;
    closeSocket();
    events.failed(local.unreachable(peer, cause));
  }

  private void closeSocket() {
    DatagramChannel open = socket;
    QuicSocket used = open == null ? null : open.pipeline().get(QuicSocket.class);
    if (used != null) {
      used.farewell().closeSocket();
    } else if (open != null) {
      loop.execute(open::close);
    }
  }

  @Override
  public void heard() {
    NetworkPath known = path;
    if (!heard && !over && known != null) {
      heard = true;
      events.connected(known);
    }
  }

  /** Before anything was heard, that nobody is there; later it may be for a moment. */
  @Override
  public void trouble(Throwable cause) {
    if (!heard && !over && UdpSystem.isUnreachable(cause)) {
      if (group != null) {
        group.abort();
      }
      unreachable(cause);
    }
  }

  @Override
  public Optional<NetworkException> suspicion() {
    return opening == null ? Optional.empty() : opening.suspicion();
  }

  @Override
  public void cancel() {
    loop.assertInLoop();
    if (over) {
      return;
    }
    over = true;
    if (opening != null) {
      opening.cancel();
    } else {
      closeSocket();
    }
  }

  /** Makes the group when Netty has made the channel. */
  private final class Beginning extends ChannelInitializer<QuicChannel> {
    private final NetworkPath where;

    Beginning(NetworkPath where) {
      this.where = where;
    }

    @Override
    protected void initChannel(QuicChannel channel) {
      QuicJudgement judgement =
          new QuicJudgement(loop, request.peerTrust().orElseThrow(), request.endpoint(), false);
      QuicFacts facts =
          new QuicFacts(where, peer, options, judgement, workers, QuicDial.this::closeSocket);
      QuicGroup made = new QuicGroup(loop, channel, facts);
      channel.pipeline().addLast(made);
      group = made;
      QuicOpening begun = new QuicOpening(loop, made, events);
      opening = begun;
      made.opening(begun);
    }
  }
}
