package dev.earshot.transport.netty;

import dev.earshot.TcpOptions;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Port;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One port on one or several addresses.
 *
 * <p>If accepting fails, as it does when the process has too many open files, it pauses for a
 * second and goes on.
 */
@LoopConfined
final class NettyPort implements Port {
  private static final Logger LOG = System.getLogger(NettyPort.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How often another free port is tried when the one found is taken on another address. */
  private static final int FREE_PORTS_TRIED = 16;

  /**
   * How often, and after which time, a port that is taken is tried again. One that was closed just
   * now may still be: with NIO it is freed when its loop waits the next time.
   */
  private static final int ATTEMPTS = 4;

  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(20);

  private final NettyTransport transport;
  private final NettyLoop loop;
  private final ListenRequest request;
  private final Events events;
  private final List<ServerSocketChannel> channels = new ArrayList<>();
  private boolean accepting = true;
  private boolean paused;
  private boolean closed;

  NettyPort(NettyTransport transport, NettyLoop loop, ListenRequest request, Events events) {
    this.transport = transport;
    this.loop = loop;
    this.request = request;
    this.events = events;
  }

  /** Binds all addresses, or none. */
  void begin() {
    int number = request.locals().get(0).getPort();
    bind(0, number, number == 0 ? FREE_PORTS_TRIED : ATTEMPTS);
  }

  private void bind(int index, int number, int attemptsLeft) {
    if (closed) {
      return;
    }
    if (index == request.locals().size()) {
      channels.forEach(channel -> channel.pipeline().addLast(new Acceptor()));
      events.bound(number);
      applyAccepting();
      return;
    }
    InetSocketAddress address =
        new InetSocketAddress(request.locals().get(index).getAddress(), number);
    ServerSocketChannel channel;
    try {
      channel = transport.newPort();
    } catch (ChannelException e) {
      notBound(address, e, attemptsLeft); // too many open files, most likely
      return;
    }
    channel.config().setAutoRead(false);
    SocketOptions.prepare(channel);
    channels.add(channel);
    loop.eventLoop()
        .register(channel)
        .addListener(
            registered ->
                channel
                    .bind(address)
                    .addListener(
                        bound -> {
                          if (bound.isSuccess()) {
                            bind(index + 1, channel.localAddress().getPort(), attemptsLeft);
                          } else {
                            notBound(address, bound.cause(), attemptsLeft);
                          }
                        }));
  }

  private void notBound(InetSocketAddress address, Throwable cause, int attemptsLeft) {
    if (closed) {
      return;
    }
    free();
    boolean taken = SocketErrors.isAddressInUse(cause) && address.getPort() != 0;
    if (taken && attemptsLeft > 1) {
      int number = request.locals().get(0).getPort();
      Duration delay = number == 0 ? Duration.ZERO : BETWEEN_ATTEMPTS;
      loop.schedule(delay, () -> bind(0, number, attemptsLeft - 1));
      return;
    }
    closed = true;
    String where = address.getAddress().getHostAddress() + " port " + address.getPort();
    events.failed(SocketErrors.unreachable("listening on " + where, cause));
  }

  private void free() {
    channels.forEach(ServerSocketChannel::close);
    channels.clear();
  }

  @Override
  public void accepting(boolean wanted) {
    loop.assertInLoop();
    accepting = wanted;
    applyAccepting();
  }

  private void applyAccepting() {
    channels.forEach(channel -> channel.config().setAutoRead(accepting && !paused));
  }

  private void pause(Throwable cause) {
    if (paused || closed) {
      return;
    }
    LOG.log(Level.WARNING, "accepting on " + channels + " failed, again in " + PAUSE, cause);
    paused = true;
    applyAccepting();
    loop.schedule(
        PAUSE,
        () -> {
          paused = false;
          applyAccepting();
        });
  }

  private void accepted(SocketChannel channel) {
    NettyLoop owner = transport.nextLoop();
    ReadDemand demand = new ReadDemand(owner.reads());
    channel.config().setAllocator(owner.allocator());
    TcpOptions options = request.parameters().tcpOptions();
    SocketOptions.prepare(channel, options, demand);
    SocketOptions.mark(channel, request.parameters().serviceClass());
    SocketStage socket = new SocketStage(owner, channel, demand, options);
    channel.pipeline().addLast(socket);
    owner.eventLoop().register(channel);
    events.accepted(new NettyArrival(socket, request, transport.workers()));
  }

  @Override
  public void close() {
    loop.assertInLoop();
    closed = true;
    free();
  }

  /** Receives what a channel accepts. */
  private final class Acceptor extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      SocketChannel channel = (SocketChannel) message;
      if (closed) {
        channel.unsafe().closeForcibly();
      } else {
        accepted(channel);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      pause(cause);
    }
  }
}
