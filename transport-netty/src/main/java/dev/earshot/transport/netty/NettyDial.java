package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.TcpOptions;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.StreamSecurity.Role;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An attempt to connect to one address: the socket first, then its {@link Opening}. */
@LoopConfined
final class NettyDial implements Dial {
  private final NettyLoop loop;
  private final DialRequest request;
  private final Executor workers;
  private final Events events;
  private final String peer;
  private final LocalEnd local;
  private @Nullable SocketStage socket;
  private @Nullable Opening opening;
  private boolean over;

  NettyDial(NettyLoop loop, DialRequest request, Executor workers, Events events) {
    this.loop = loop;
    this.request = request;
    this.workers = workers;
    this.events = events;
    peer = describe(request.endpoint(), request.remote());
    local = new LocalEnd(loop, request);
  }

  /** Begins to connect. */
  void begin(Supplier<SocketChannel> sockets) {
    if (over) {
      return;
    }
    try {
      connect(sockets.get());
    } catch (ChannelException e) {
      failed(e); // too many open files, most likely
    }
  }

  private void connect(SocketChannel channel) {
    ReadDemand demand = new ReadDemand(loop.reads());
    channel.config().setAllocator(loop.allocator());
    TcpOptions options = request.parameters().tcpOptions();
    SocketOptions.prepare(channel, options, demand);
    SocketOptions.mark(channel, request.parameters().serviceClass());
    SocketStage stage = new SocketStage(loop, channel, demand, options);
    socket = stage;
    loop.eventLoop()
        .register(channel)
        .addListener(
            registered -> {
              if (registered.isSuccess()) {
                local.connect(channel, cause -> done(stage, cause));
              } else {
                done(stage, registered.cause());
              }
            });
  }

  private void failed(Throwable cause) {
    over = true;
    if (socket != null) {
      socket.abort();
    }
    events.failed(local.unreachable(peer, cause));
  }

  private void done(SocketStage stage, @Nullable Throwable cause) {
    if (over) {
      return;
    }
    if (cause != null) {
      failed(cause);
      return;
    }
    stage.channel().pipeline().addLast(stage);
    NetworkPath path =
        new NetworkPath(
            NetworkPath.Status.SATISFIED,
            Optional.empty(),
            Optional.ofNullable(stage.channel().localAddress()),
            Optional.of(request.remote()));
    events.connected(path);
    if (over) {
      return;
    }
    Opening.Plan plan =
        new Opening.Plan(
            Role.CLIENT, request.parameters(), request.security(), path, peer, request.endpoint());
    opening = new Opening(stage, plan, workers, events);
    opening.begin();
  }

  /** {@code endpoint (address)}, or the one if both are the same. */
  private static String describe(Endpoint endpoint, InetSocketAddress address) {
    Endpoint used = Endpoint.of(address);
    return endpoint.equals(used) ? endpoint.toString() : endpoint + " (" + used + ")";
  }

  @Override
  public Optional<NetworkException> suspicion() {
    loop.assertInLoop();
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
    } else if (socket != null) {
      socket.abort();
    }
  }
}
