package dev.earshot.testing;

import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.UdpOptions;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Port;
import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One computer on a {@link MemoryWire}, with its addresses, as a transport and its provider. */
public final class MemoryTransport implements Transport, TransportProvider {
  private static final int FIRST_FREE_PORT = 49_152;
  private static final int ANY_PORT = -1;

  private final MemoryWire wire;
  private final List<Loop> loops;
  private final Map<InetAddress, NetworkLink> links = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, List<MemoryPort>> ports = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<InetAddress> addresses = new ConcurrentLinkedQueue<>();
  private final Set<InetAddress> unbindable = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<Integer, MemoryFlowPort> datagramPorts = new ConcurrentHashMap<>();

  /** By the local and the remote address. */
  private final ConcurrentMap<List<InetSocketAddress>, MemoryFlow> flows =
      new ConcurrentHashMap<>();

  private final AtomicInteger nextLoop = new AtomicInteger();
  private final AtomicInteger leavingFrom = new AtomicInteger(ANY_PORT);
  private final AtomicInteger nextPort = new AtomicInteger(FIRST_FREE_PORT);

  MemoryTransport(MemoryWire wire, List<Loop> loops) {
    this.wire = wire;
    this.loops = loops;
  }

  /** Gives this computer one more link with {@code numeric} addresses. */
  public MemoryTransport addLink(NetworkLink link, String... numeric) {
    for (String text : numeric) {
      InetAddress address = MemoryWire.address(text);
      links.put(address, link);
      addresses.add(address);
      wire.settle(address, this);
    }
    return this;
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Transport open(Executor workers) {
    return this;
  }

  @Override
  public boolean supports(Parameters parameters) {
    return true;
  }

  @Override
  public Loop nextLoop() {
    return loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
  }

  @Override
  public Dial dial(Loop loop, DialRequest request, Dial.Events events) {
    loop.assertInLoop();
    if (request.parameters().protocol() instanceof Protocol.Udp udp) {
      return dialDatagrams(loop, request, udp.options(), events);
    }
    MemoryDial dial = new MemoryDial(this, loop, request, events);
    loop.execute(dial::begin);
    return dial;
  }

  @Override
  public Port listen(Loop loop, ListenRequest request, Port.Events events) {
    loop.assertInLoop();
    if (request.parameters().protocol() instanceof Protocol.Udp) {
      MemoryFlowPort datagrams = new MemoryFlowPort(this, loop, request, events);
      loop.execute(() -> datagrams.bind(nextPort.getAndIncrement()));
      return datagrams;
    }
    MemoryPort port = new MemoryPort(this, loop, request, events);
    loop.execute(() -> bind(port));
    return port;
  }

  @Override
  public void close() {
    wire.abortAllOf(loops);
  }

  // Datagrams.

  private Dial dialDatagrams(
      Loop loop, DialRequest request, UdpOptions options, Dial.Events events) {
    InetSocketAddress local = localFor(request);
    if (local == null) {
      loop.execute(
          () -> events.failed(new UnreachableException("no route to " + request.remote())));
      return () -> {};
    }
    MemoryFlow flow =
        new MemoryFlow(this, loop, MemoryFlowPort.path(local, request.remote()), options);
    remember(flow);
    loop.execute(() -> flow.open(events, true));
    return flow;
  }

  void bindDatagrams(int number, MemoryFlowPort port) {
    datagramPorts.put(number, port);
  }

  void unbindDatagrams(int number, MemoryFlowPort port) {
    datagramPorts.remove(number, port);
  }

  void remember(MemoryFlow flow) {
    flows.put(List.of(flow.local(), flow.remote()), flow);
  }

  void forget(MemoryFlow flow) {
    flows.remove(List.of(flow.local(), flow.remote()), flow);
  }

  void sendDatagram(MemoryFlow from, byte[] datagram) {
    MemoryTransport target = find(from.remote().getAddress());
    if (target != null) {
      target.receiveDatagram(from.local(), from.remote(), datagram);
    }
  }

  /** A datagram leaves {@code source} for {@code destination}, which is here. */
  private void receiveDatagram(
      InetSocketAddress source, InetSocketAddress destination, byte[] datagram) {
    MemoryFlow known = flows.get(List.of(destination, source));
    if (known != null) {
      wire.datagrams().carry(datagram, wire.latency(), known.loop(), known::arrive);
      return;
    }
    MemoryFlowPort port = datagramPorts.get(destination.getPort());
    if (port != null && port.isAt(destination.getAddress())) {
      wire.datagrams()
          .carry(
              datagram,
              wire.latency(),
              port.loop(),
              content -> arriveAt(port, source, destination, content));
    }
  }

  private void arriveAt(
      MemoryFlowPort port,
      InetSocketAddress source,
      InetSocketAddress destination,
      byte[] content) {
    MemoryFlow begun = flows.get(List.of(destination, source)); // by one that was faster
    if (begun != null) {
      begun.arrive(content);
    } else {
      port.arrive(MemoryFlowPort.path(destination, source), content);
    }
  }

  private void bind(MemoryPort port) {
    if (port.isClosed()) {
      return;
    }
    int number = port.request().locals().get(0).getPort();
    if (number == 0) {
      number = nextPort.getAndIncrement();
    }
    Optional<String> obstacle = obstacle(port, number);
    if (obstacle.isPresent()) {
      String what = "binding " + port.request().locals() + ": " + obstacle.get();
      port.events().failed(new UnreachableException(what));
    } else {
      wire.add(port);
      port.events().bound(number);
    }
  }

  private Optional<String> obstacle(MemoryPort port, int number) {
    for (InetAddress address : port.addresses()) {
      if (unbindable.contains(address)) {
        return Optional.of("cannot assign " + address.getHostAddress());
      }
    }
    List<MemoryPort> all =
        ports.compute(
            number,
            (same, bound) -> {
              List<MemoryPort> before = bound == null ? List.of() : bound;
              if (before.stream().anyMatch(port::collidesWith)) {
                return before;
              }
              return Stream.concat(before.stream(), Stream.of(port)).toList();
            });
    return all.contains(port) ? Optional.empty() : Optional.of("address in use");
  }

  void unbind(MemoryPort port) {
    ports.replaceAll((number, bound) -> bound.stream().filter(other -> other != port).toList());
    ports.values().removeIf(List::isEmpty);
    wire.remove(port);
  }

  /** From now on {@code numeric} cannot be bound here, as an IPv6 address that is new; or can. */
  public void bindable(String numeric, boolean value) {
    if (value) {
      unbindable.remove(MemoryWire.address(numeric));
    } else {
      unbindable.add(MemoryWire.address(numeric));
    }
  }

  MemoryWire wire() {
    return wire;
  }

  /** The next connection from here leaves from {@code port}, however odd that is. */
  public void nextLocalPort(int port) {
    leavingFrom.set(port);
  }

  /** Who is at {@code address}, seen from here; null if nobody is. */
  @Nullable MemoryTransport find(InetAddress address) {
    return address.isLoopbackAddress() ? this : wire.at(address);
  }

  /** What listens at {@code remote} here; null if nothing does. */
  @Nullable MemoryPort portFor(InetSocketAddress remote) {
    for (MemoryPort port : ports.getOrDefault(remote.getPort(), List.of())) {
      for (InetAddress local : port.addresses()) {
        if (local.isAnyLocalAddress() || local.equals(remote.getAddress())) {
          return port;
        }
      }
    }
    return null;
  }

  /** Where {@code request} leaves from; null if there is no such address. */
  @Nullable InetSocketAddress localFor(DialRequest request) {
    InetAddress remote = request.remote().getAddress();
    InetAddress from = null;
    if (request.local().isPresent()) {
      InetAddress wanted = request.local().get();
      from = wanted.isLoopbackAddress() || links.containsKey(wanted) ? wanted : null;
    } else if (remote.isLoopbackAddress()) {
      from = remote;
    } else {
      for (InetAddress address : addresses) {
        from = from == null && address.getClass() == remote.getClass() ? address : from;
      }
    }
    int port = leavingFrom.getAndSet(ANY_PORT);
    return from == null
        ? null
        : new InetSocketAddress(from, port == ANY_PORT ? nextPort.getAndIncrement() : port);
  }

  NetworkLink linkOf(InetAddress address) {
    return address.isLoopbackAddress()
        ? MemoryWire.LOOPBACK
        : links.getOrDefault(address, MemoryWire.LINK);
  }

  @Override
  public String toString() {
    return "computer at " + addresses;
  }
}
