package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import dev.earshot.NetworkPath;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.StreamSecurity.Role;
import java.util.concurrent.Executor;

/** A flow that a datagram from a stranger began; what arrives waits in it until it is opened. */
@LoopConfined
final class UdpArrival implements Arrival {
  private final NettyLoop loop;
  private final UdpFlow flow;
  private final ListenRequest request;
  private final Executor workers;
  private boolean opened;

  UdpArrival(NettyLoop loop, UdpFlow flow, ListenRequest request, Executor workers) {
    this.loop = loop;
    this.flow = flow;
    this.request = request;
    this.workers = workers;
  }

  @Override
  public NetworkPath path() {
    return flow.path();
  }

  @Override
  public Loop loop() {
    return loop;
  }

  @Override
  public Dial open(Dial.Events events) {
    loop.assertInLoop();
    if (opened) {
      throw new IllegalStateException("opened already: " + flow.path());
    }
    opened = true;
    UdpOpening opening = new UdpOpening(loop, flow, Role.SERVER, events);
    loop.execute(
        () -> opening.begin(request.datagramSecurity(), Endpoint.of(flow.remote()), workers));
    return opening;
  }

  @Override
  public void refuse() {
    loop.assertInLoop();
    opened = true;
    flow.abort();
  }
}
