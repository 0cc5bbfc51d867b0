package dev.earshot.transport.netty;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Protocol;
import dev.earshot.UdpOptions;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.StreamSecurity.Role;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A flow to one address, over a socket of its own that is connected to it. */
@LoopConfined
final class UdpDial implements Dial, UdpSocket.Owner, UdpFacts.Owner {
  private final NettyLoop loop;
  private final DialRequest request;
  private final Executor workers;
  private final Events events;
  private final String peer;
  private final LocalEnd local;
  private @Nullable UdpSocket socket;
  private @Nullable UdpFlow flow;
  private @Nullable UdpOpening opening;
  private boolean over;

  UdpDial(NettyLoop loop, DialRequest request, Executor workers, Events events) {
    this.loop = loop;
    this.request = request;
    this.workers = workers;
    this.events = events;
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
    try {
      connect(new UdpSocket(loop, sockets.get(), this));
    } catch (ChannelException e) {
      failed(e); // too many open files, most likely
    }
  }

  private void connect(UdpSocket made) {
    socket = made;
    DatagramChannel channel = made.channel();
    loop.eventLoop()
        .register(channel)
        .addListener(
            registered -> {
              if (registered.isSuccess()) {
                UdpSystem.forbidFragments(channel);
                SocketOptions.mark(channel, request.parameters().serviceClass());
                local.connect(channel, cause -> done(made, cause));
              } else {
                done(made, registered.cause());
              }
            });
  }

  private void failed(Throwable cause) {
    over = true;
    if (socket != null) {
      socket.close();
    }
    events.failed(local.unreachable(peer, cause));
  }

  private void done(UdpSocket connected, @Nullable Throwable cause) {
    if (over) {
      return;
    }
    if (cause != null) {
      failed(cause);
      return;
    }
    NetworkPath path =
        new NetworkPath(
            NetworkPath.Status.SATISFIED,
            Optional.empty(),
            Optional.ofNullable(connected.channel().localAddress()),
            Optional.of(request.remote()));
    UdpOptions options =
        request.parameters().protocol() instanceof Protocol.Udp udp
            ? udp.options()
            : UdpOptions.DEFAULT;
    UdpFlow made =
        new UdpFlow(
            loop,
            connected,
            new UdpFacts(request.remote(), path, peer, options, Optional.empty(), this));
    flow = made;
    UdpOpening begun = new UdpOpening(loop, made, Role.CLIENT, events);
    opening = begun;
    connected.begin();
    begun.begin(request.datagramSecurity(), request.endpoint(), workers);
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
      socket.close();
    }
  }

  @Override
  public Optional<NetworkException> suspicion() {
    return opening == null ? Optional.empty() : opening.suspicion();
  }

  // UdpFacts.Owner

  @Override
  public void opened(UdpFlow flowOfOurs) {
    // There is no other with this socket.
  }

  @Override
  public void ended(UdpFlow flowOfOurs) {
    if (socket != null) {
      socket.close();
    }
  }

  // UdpSocket.Owner

  @Override
  public void arrived(InetSocketAddress source, byte[] datagram) {
    // Before a port that is known was connected, anybody may have sent something there.
    boolean fromPeer =
        source.equals(request.remote()) || request.remote().getAddress().isAnyLocalAddress();
    if (flow != null && (!local.isNamed() || fromPeer)) {
      flow.arrived(datagram);
    }
  }

  @Override
  public void batchOver() {
    if (flow != null) {
      flow.batchOver();
    }
  }

  @Override
  public void writable() {
    if (flow != null) {
      flow.writable();
    }
  }

  @Override
  public void trouble(Throwable cause) {
    if (flow == null || opening == null) {
      return;
    }
    flow.trouble(cause);
    refusedWhileOpening(opening, cause);
  }

  /** A handshake that nobody answers but the network, which says that nobody is there. */
  private void refusedWhileOpening(UdpOpening begun, Throwable cause) {
    if (!begun.isOver() && !begun.isHeard() && UdpSystem.isUnreachable(cause)) {
      begun.failed(local.unreachable(peer, cause));
    }
  }

  @Override
  public void lost() {
    if (opening != null && !opening.isOver()) {
      opening.failed(new UnreachableException("connecting to " + peer + ": its socket is closed"));
    } else if (flow != null && !flow.isOver()) {
      flow.fail(new ConnectionLostException("connection with " + peer + ": its socket is closed"));
    }
  }
}
