package dev.earshot.testing;

import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One attempt to connect over a {@link MemoryWire}. */
@LoopConfined
final class MemoryDial implements Dial {
  private final MemoryTransport transport;
  private final Loop loop;
  private final DialRequest request;
  private final Events events;
  private volatile @Nullable MemoryLink link;
  private boolean answered;
  private boolean over;

  MemoryDial(MemoryTransport transport, Loop loop, DialRequest request, Events events) {
    this.transport = transport;
    this.loop = loop;
    this.request = request;
    this.events = events;
    transport.wire().add(this);
  }

  void begin() {
    loop.assertInLoop();
    MemoryWire wire = transport.wire();
    LinkFault fault = wire.faultFor(request.remote().getAddress());
    InetSocketAddress from = transport.localFor(request);
    if (over) {
      return;
    }
    if (from == null) {
      fail(new UnreachableException(what() + ": no route from " + transport));
      return;
    }
    MemoryTransport target = transport.find(request.remote().getAddress());
    if (fault == LinkFault.DROP_DIAL || target == null) {
      return; // nobody ever answers
    }
    MemoryPort port = fault == LinkFault.REFUSE ? null : target.portFor(request.remote());
    if (port == null) {
      loop.schedule(
          wire.latency().multipliedBy(2),
          () -> fail(new UnreachableException(what() + ": refused")));
      return;
    }
    reach(port, from, new MemoryLink.Planned(fault));
  }

  private void reach(MemoryPort port, InetSocketAddress from, MemoryLink.Planned fault) {
    MemoryTransport target = port.transport();
    MemoryPaths paths =
        MemoryPaths.between(
            from,
            transport.linkOf(from.getAddress()),
            request.remote(),
            target.linkOf(request.remote().getAddress()));
    MemoryPaths seen = transport.wire().namesLinks() ? paths : paths.withoutLinks();
    MemoryLink made = new MemoryLink(transport.wire(), seen, loop, target.nextLoop(), fault);
    link = made;
    made.dialling().whenLostEarly(this::lost);
    MemoryArrival arrival = new MemoryArrival(made, this, port);
    made.toDialled().send(() -> arrival.come());
  }

  /** What it goes over; null before it has found somebody. */
  @Nullable MemoryLink link() {
    return link;
  }

  private void lost() {
    fail(
        answered
            ? new HandshakeException(HandshakeException.Reason.CLOSED, what() + ": reset")
            : new UnreachableException(what() + ": reset"));
  }

  DialRequest request() {
    return request;
  }

  /** The other side's system has answered. */
  void answered(MemoryHandshake handshake) {
    if (over) {
      return;
    }
    answered = true;
    events.connected(pipe().path());
    if (!handshake.isNeeded() && !over) {
      ready(MemoryAgreement.BYTES);
    }
  }

  void ready(MemoryAgreement agreement) {
    if (over) {
      return;
    }
    MemoryPipe pipe = pipe();
    if (pipe.isOver()) {
      fail(new HandshakeException(HandshakeException.Reason.CLOSED, what() + ": closed"));
      return;
    }
    end();
    pipe.agree(agreement);
    events.ready(pipe.link().outcome(pipe));
  }

  void fail(NetworkException cause) {
    if (!over) {
      end();
      events.failed(cause);
    }
  }

  @Override
  public void cancel() {
    loop.assertInLoop();
    if (!over) {
      end();
      MemoryLink begun = link;
      if (begun != null) {
        begun.dialling().abort();
      }
    }
  }

  private void end() {
    over = true;
    transport.wire().remove(this);
  }

  private MemoryPipe pipe() {
    MemoryLink begun = link;
    if (begun == null) {
      throw new IllegalStateException("nobody was reached");
    }
    return begun.dialling();
  }

  private String what() {
    return "connecting to " + request.endpoint() + " (" + request.remote() + ")";
  }

  @Override
  public String toString() {
    return what();
  }
}
