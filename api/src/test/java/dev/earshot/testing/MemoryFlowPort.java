package dev.earshot.testing;

import dev.earshot.NetworkPath;
import dev.earshot.Protocol;
import dev.earshot.UdpOptions;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Port;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** A port for datagrams on a {@link MemoryWire}. */
@LoopConfined
final class MemoryFlowPort implements Port {
  private final MemoryTransport transport;
  private final Loop loop;
  private final ListenRequest request;
  private final Events events;
  private int number;
  private boolean accepting = true;
  private boolean closed;

  MemoryFlowPort(MemoryTransport transport, Loop loop, ListenRequest request, Events events) {
    this.transport = transport;
    this.loop = loop;
    this.request = request;
    this.events = events;
  }

  void bind(int free) {
    if (!closed) {
      int asked = request.locals().get(0).getPort();
      number = asked == 0 ? free : asked;
      transport.bindDatagrams(number, this);
      transport.wire().add(this);
      events.bound(number);
    }
  }

  Loop loop() {
    return loop;
  }

  boolean isAt(InetAddress address) {
    return request.locals().stream()
        .map(InetSocketAddress::getAddress)
        .anyMatch(local -> local.isAnyLocalAddress() || local.equals(address));
  }

  /** A datagram from a stranger. */
  void arrive(NetworkPath path, byte[] datagram) {
    loop.assertInLoop();
    if (closed || !accepting) {
      return;
    }
    UdpOptions options = ((Protocol.Udp) request.parameters().protocol()).options();
    MemoryFlow flow = new MemoryFlow(transport, loop, path, options);
    transport.remember(flow);
    flow.arrive(datagram);
    events.accepted(new Stranger(flow));
  }

  @Override
  public void accepting(boolean wanted) {
    loop.assertInLoop();
    accepting = wanted;
  }

  @Override
  public void close() {
    loop.assertInLoop();
    if (!closed) {
      closed = true;
      transport.unbindDatagrams(number, this);
      transport.wire().remove(this);
    }
  }

  @Override
  public String toString() {
    return "datagram port " + number + " of " + transport;
  }

  private record Stranger(MemoryFlow flow) implements Arrival {
    @Override
    public NetworkPath path() {
      return flow.path();
    }

    @Override
    public Loop loop() {
      return flow.loop();
    }

    @Override
    public Dial open(Dial.Events events) {
      flow.loop().execute(() -> flow.open(events, false));
      return flow;
    }

    @Override
    public void refuse() {
      flow.abort();
    }
  }

  static NetworkPath path(InetSocketAddress local, InetSocketAddress remote) {
    return new NetworkPath(
        NetworkPath.Status.SATISFIED,
        Optional.of(MemoryWire.LINK),
        Optional.of(local),
        Optional.of(remote));
  }
}
