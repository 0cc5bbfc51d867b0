package dev.earshot.testing;

import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.DatagramCounts;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.UdpOptions;
import dev.earshot.spi.Dial;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Datagrams between two addresses over a {@link MemoryWire}, seen from one of them. */
@LoopConfined
final class MemoryFlow implements Pipe, Dial {
  private static final int MTU_LESS_HEADERS = 1_472;

  private final MemoryTransport transport;
  private final Loop loop;
  private final NetworkPath path;
  private final UdpOptions options;
  private final ArrayDeque<Received> waiting = new ArrayDeque<>();
  private final AtomicLong dropped = new AtomicLong();
  private @Nullable Inbound inbound;
  private @Nullable Outbound outbound;
  private boolean wanted;
  private boolean deaf;
  private boolean over;

  MemoryFlow(MemoryTransport transport, Loop loop, NetworkPath path, UdpOptions options) {
    this.transport = transport;
    this.loop = loop;
    this.path = path;
    this.options = options;
    transport.wire().add(this);
  }

  InetSocketAddress local() {
    return path.localEndpoint().orElseThrow();
  }

  InetSocketAddress remote() {
    return path.remoteEndpoint().orElseThrow();
  }

  Loop loop() {
    return loop;
  }

  /** Nothing has to be agreed: it is ready at once. */
  void open(Dial.Events events, boolean dialling) {
    if (!over && dialling) {
      events.connected(path);
    }
    if (!over) {
      events.ready(this);
    }
  }

  /** Whether {@code fault} can strike a connection of datagrams. */
  static boolean suffers(LinkFault fault) {
    return fault == LinkFault.CUT || fault == LinkFault.FAREWELL || fault == LinkFault.STALL;
  }

  /** Its socket breaks, or the peer says farewell as protected ones do, or nothing arrives. */
  void strike(LinkFault fault) {
    loop.assertInLoop();
    Inbound told = inbound;
    if (over || told == null) {
      return;
    }
    switch (fault) {
      case CUT -> {
        abort();
        told.failed(new ConnectionLostException(this + ": the socket is broken"));
      }
      case FAREWELL -> {
        abort();
        told.closed();
      }
      case STALL -> deaf = true;
      default -> throw new IllegalArgumentException(fault + " does not strike datagrams");
    }
  }

  void arrive(byte[] datagram) {
    loop.assertInLoop();
    if (over || deaf) {
      return;
    }
    waiting.add(Received.message(Payload.wrap(datagram), ContentMetadata.DATAGRAM));
    while (waiting.size() > Math.max(1, options.receiveQueue() / MTU_LESS_HEADERS)) {
      waiting.remove();
      dropped.incrementAndGet();
    }
    deliver();
  }

  private void deliver() {
    Inbound to = inbound;
    if (wanted && to != null && !waiting.isEmpty()) {
      wanted = false;
      List<Received> batch = new ArrayList<>(waiting);
      waiting.clear();
      to.content(batch);
    }
  }

  private void drain() {
    Outbound from = outbound;
    if (from == null || over) {
      return;
    }
    for (Outgoing next = from.poll(); next != null; next = from.poll()) {
      transport.sendDatagram(this, next.content().toByteArray());
    }
    from.taken();
  }

  @Override
  public void cancel() {
    abort();
  }

  @Override
  public NetworkPath path() {
    return path;
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return Optional.empty();
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return Optional.empty();
  }

  @Override
  public boolean isMessageBased() {
    return true;
  }

  @Override
  public int maximumDatagramSize() {
    return Math.min(MTU_LESS_HEADERS, options.maximumDatagramSize());
  }

  @Override
  public DatagramCounts datagramCounts() {
    return new DatagramCounts(0, dropped.get(), 0, 0);
  }

  @Override
  public void attach(Inbound in, Outbound out) {
    loop.assertInLoop();
    inbound = in;
    outbound = out;
  }

  @Override
  public void wakeUp() {
    loop.assertInLoop();
    drain();
  }

  @Override
  public void read() {
    loop.assertInLoop();
    wanted = true;
    loop.execute(this::deliver);
  }

  @Override
  public void close() {
    loop.assertInLoop();
    drain();
    Inbound told = inbound;
    if (!over && told != null) {
      abort();
      told.closed();
    }
  }

  @Override
  public void abort() {
    loop.assertInLoop();
    if (!over) {
      over = true;
      waiting.clear();
      transport.forget(this);
      transport.wire().remove(this);
    }
  }

  @Override
  public String toString() {
    return "flow " + path.localEndpoint().orElseThrow() + " to " + remote();
  }
}
