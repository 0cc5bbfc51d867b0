package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import dev.earshot.NetworkPath;
import dev.earshot.Protocol;
import dev.earshot.QuicOptions;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Port;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DatagramChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A port for QUIC on one or several addresses, each with a socket, which its connections share: it
 * is free for others when the port is closed and the last of them has ended.
 */
@LoopConfined
final class QuicPort implements Port {
  private static final Logger LOG = System.getLogger(QuicPort.class.getName());

  /** How often another free port is tried when the one found is taken on another address. */
  private static final int FREE_PORTS_TRIED = 16;

  private static final int ATTEMPTS = 4;
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(20);

  private final NettyTransport transport;
  private final NettyLoop loop;
  private final ListenRequest request;
  private final Events events;
  private final QuicOptions options;
  private final List<Door> bound = new ArrayList<>();
  private boolean accepting = true;
  private boolean closed;

  QuicPort(NettyTransport transport, NettyLoop loop, ListenRequest request, Events events) {
    this.transport = transport;
    this.loop = loop;
    this.request = request;
    this.events = events;
    this.options = ((Protocol.Quic) request.parameters().protocol()).options();
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
      bound.forEach(Door::open);
      events.bound(number);
      return;
    }
    InetSocketAddress address =
        new InetSocketAddress(request.locals().get(index).getAddress(), number);
    Door door;
    try {
      door = new Door(transport.newDatagramSocket());
    } catch (ChannelException e) {
      notBound(address, e, attemptsLeft); // too many open files, most likely
      return;
    }
    bound.add(door);
    DatagramChannel channel = door.channel;
    loop.eventLoop()
        .register(channel)
        .addListener(
            registered -> {
              UdpSystem.forbidFragments(channel);
              SocketOptions.mark(channel, request.parameters().serviceClass());
              channel
                  .bind(address)
                  .addListener(
                      done -> {
                        if (done.isSuccess()) {
                          bind(index + 1, channel.localAddress().getPort(), attemptsLeft);
                        } else {
                          notBound(address, done.cause(), attemptsLeft);
                        }
                      });
            });
  }

  private void notBound(InetSocketAddress address, @Nullable Throwable cause, int attemptsLeft) {
    if (closed || cause == null) {
      return;
    }
    bound.forEach(door -> door.channel.close());
    bound.clear();
    if (SocketErrors.isAddressInUse(cause) && address.getPort() != 0 && attemptsLeft > 1) {
      int number = request.locals().get(0).getPort();
      Duration delay = number == 0 ? Duration.ZERO : BETWEEN_ATTEMPTS;
      loop.schedule(delay, () -> bind(0, number, attemptsLeft - 1));
      return;
    }
    closed = true;
    String where = address.getAddress().getHostAddress() + " UDP port " + address.getPort();
    events.failed(SocketErrors.unreachable("listening on " + where, cause));
  }

  @Override
  public void accepting(boolean wanted) {
    loop.assertInLoop();
    accepting = wanted;
  }

  @Override
  public void close() {
    loop.assertInLoop();
    closed = true;
    bound.forEach(Door::freeIfUnused);
  }

  private boolean isOpen() {
    return accepting && !closed;
  }

  /** One socket, and who has come in by it. */
  private final class Door implements QuicSocket.Owner {
    private final DatagramChannel channel;
    private int inside;

    Door(DatagramChannel channel) {
      this.channel = channel;
    }

    void open() {
      int payload = QuicSocket.payload(options, UdpSystem.leastDatagramSize(channel));
      QuicSocket watch = new QuicSocket(loop, channel, QuicSocket.received(options), payload, this);
      channel.pipeline().addLast(watch);
      channel
          .pipeline()
          .addLast(
              QuicSocket.configure(new QuicServerCodecBuilder(), options, payload)
                  .tokenHandler(new QuicRetryTokens(loop::nanoTime, QuicPort.this::isOpen))
                  .sslEngineProvider(this::engine)
                  .option(
                      QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, watch.segmentation())
                  .handler(
                      new ChannelInitializer<QuicChannel>() {
                        @Override
                        protected void initChannel(QuicChannel arrived) {
                          begin(arrived);
                        }
                      })
                  .streamHandler(QuicSocket.acceptor(loop))
                  .build());
    }

    /** Called first: somebody has proved to be where it says. */
    private QuicSslEngine engine(QuicChannel arrived) {
      InetSocketAddress remote = (InetSocketAddress) arrived.remoteSocketAddress();
      Endpoint endpoint = Endpoint.of(remote);
      QuicJudgement judgement =
          new QuicJudgement(loop, request.peerTrust().orElseThrow(), endpoint, true);
      QuicFacts facts =
          new QuicFacts(
              path(remote),
              endpoint.toString(),
              options,
              judgement,
              transport.workers(),
              new Leaving());
      try {
        QuicSslEngine engine = transport.quicTls().server(loop.allocator(), request.parameters());
        QuicTls.judge(engine, judgement);
        new QuicGroup(loop, arrived, facts);
        inside++;
        return engine;
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, () -> "refused " + endpoint + ": " + e.getMessage());
        throw e;
      }
    }

    private void begin(QuicChannel arrived) {
      QuicGroup group = QuicGroup.of(arrived);
      arrived.pipeline().addLast(group);
      loop.execute(() -> events.accepted(new QuicArrival(loop, group)));
    }

    private NetworkPath path(InetSocketAddress remote) {
      InetSocketAddress here = channel.localAddress();
      Optional<InetSocketAddress> local =
          !here.getAddress().isAnyLocalAddress()
              ? Optional.of(here)
              : UdpSystem.localAddress(remote)
                  .map(found -> new InetSocketAddress(found, here.getPort()));
      return new NetworkPath(
          NetworkPath.Status.SATISFIED, Optional.empty(), local, Optional.of(remote));
    }

    void freeIfUnused() {
      if (closed && inside == 0) {
        loop.execute(channel::close); // what was said last leaves first
      }
    }

    @Override
    public void heard() {
      // From anybody.
    }

    @Override
    public void trouble(Throwable cause) {
      // A socket that is not connected is not told whom it concerns.
    }

    /** One has left, once. */
    private final class Leaving implements Runnable {
      private boolean gone;

      @Override
      public void run() {
        if (!gone) {
          gone = true;
          inside--;
          freeIfUnused();
        }
      }
    }
  }
}
