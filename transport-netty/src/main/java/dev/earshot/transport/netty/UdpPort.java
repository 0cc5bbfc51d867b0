package dev.earshot.transport.netty;

import dev.earshot.Protocol;
import dev.earshot.UdpOptions;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Port;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * A port for datagrams on one or several addresses, each with its {@link UdpFlows}.
 *
 * <p>The flows share the port's socket: it is free for others when the port is closed and the last
 * flow has ended.
 */
@LoopConfined
final class UdpPort implements Port {
  /** How often another free port is tried when the one found is taken on another address. */
  private static final int FREE_PORTS_TRIED = 16;

  private static final int ATTEMPTS = 4;
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(20);

  private final NettyLoop loop;
  private final Executor workers;
  private final Supplier<DatagramChannel> sockets;
  private final ListenRequest request;
  private final Events events;
  private final UdpOptions options;
  private final List<UdpFlows> bound = new ArrayList<>();
  private final FlowCounts counts;
  private boolean accepting = true;
  private boolean closed;

  UdpPort(NettyTransport transport, NettyLoop loop, ListenRequest request, Events events) {
    this.loop = loop;
    this.workers = transport.workers();
    this.sockets = transport::newDatagramSocket;
    this.request = request;
    this.events = events;
    this.options =
        request.parameters().protocol() instanceof Protocol.Udp udp
            ? udp.options()
            : UdpOptions.DEFAULT;
    this.counts = new FlowCounts(options);
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
      bound.forEach(UdpFlows::begin);
      events.bound(number);
      return;
    }
    InetSocketAddress address =
        new InetSocketAddress(request.locals().get(index).getAddress(), number);
    UdpFlows flows;
    try {
      flows = new UdpFlows(this, sockets.get());
    } catch (ChannelException e) {
      notBound(address, e, attemptsLeft); // too many open files, most likely
      return;
    }
    bound.add(flows);
    DatagramChannel channel = flows.socket().channel();
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

  private void notBound(InetSocketAddress address, Throwable cause, int attemptsLeft) {
    if (closed) {
      return;
    }
    bound.forEach(UdpFlows::close);
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
    bound.forEach(UdpFlows::close);
  }

  NettyLoop loop() {
    return loop;
  }

  Executor workers() {
    return workers;
  }

  ListenRequest request() {
    return request;
  }

  UdpOptions options() {
    return options;
  }

  /** How many flows there are, over all addresses. */
  FlowCounts counts() {
    return counts;
  }

  /** Whether strangers are let in. */
  boolean isOpen() {
    return accepting && !closed;
  }

  void accepted(UdpFlow flow) {
    events.accepted(new UdpArrival(loop, flow, request, workers));
  }
}
