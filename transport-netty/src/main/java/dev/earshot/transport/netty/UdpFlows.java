package dev.earshot.transport.netty;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The flows over one bound socket, by the address of the other side. A stranger's datagram begins
 * one, once it is sure that the stranger is where it says if the flow is to be protected. A peer
 * that begins anew from its address gets another, which replaces its first once it is open.
 */
@LoopConfined
final class UdpFlows implements UdpSocket.Owner, UdpFacts.Owner {
  private final UdpPort port;
  private final UdpSocket socket;
  private final Map<InetSocketAddress, Guest> guests = new HashMap<>();
  private final Set<UdpFlow> touched = new LinkedHashSet<>();

  /** The last that was added to those, since many datagrams of one come in a row. */
  private @Nullable UdpFlow lastTouched;

  /** Whose datagram was the last, and from where; null if nobody knows. */
  private @Nullable Guest lastGuest;

  private @Nullable InetSocketAddress lastSource;

  private final Optional<DatagramSecurity.Doorkeeper> doorkeeper;
  private boolean closed;

  UdpFlows(UdpPort port, DatagramChannel channel) {
    this.port = port;
    this.socket = new UdpSocket(port.loop(), channel, this);
    this.doorkeeper =
        port.request().datagramSecurity().map(security -> security.doorkeeper(port.loop()));
  }

  UdpSocket socket() {
    return socket;
  }

  /** Begins to let strangers in. */
  void begin() {
    socket.begin();
  }

  /** Lets nobody in any more; the socket is freed with the last flow. */
  void close() {
    closed = true;
    freeIfUnused();
  }

  private void freeIfUnused() {
    if (closed && guests.isEmpty()) {
      socket.close();
    }
  }

  @Override
  public void arrived(InetSocketAddress source, byte[] datagram) {
    Guest guest = guest(source);
    if (guest == null) {
      stranger(source, datagram);
    } else if (!beginsAnew(guest, source, datagram)) {
      UdpFlow flow = guest.flow();
      UdpFlow next = guest.next();
      if (next != null) { // who of the two can read it, nobody knows before they have tried
        feed(next, datagram.clone());
      }
      if (!flow.isOver()) { // unless the other has just taken its place
        feed(flow, datagram);
      }
    }
  }

  private @Nullable Guest guest(InetSocketAddress source) {
    if (!source.equals(lastSource)) {
      lastGuest = guests.get(source);
      lastSource = lastGuest == null ? null : source;
    }
    return lastGuest;
  }

  private void feed(UdpFlow flow, byte[] datagram) {
    if (flow != lastTouched) {
      touched.add(flow);
      lastTouched = flow;
    }
    flow.arrived(datagram); // which may end it
  }

  private void stranger(InetSocketAddress source, byte[] datagram) {
    // Nobody can be at port 0, and an answer to one's own port would go round for ever.
    if (!port.isOpen() || source.getPort() == 0) {
      return;
    }
    Payload beginning = Payload.empty();
    if (doorkeeper.isPresent()) {
      DatagramSecurity.Verdict verdict = doorkeeper.get().look(source, datagram);
      if (!verdict.admitted()) {
        answer(source, verdict);
        return;
      }
      beginning = verdict.beginning();
    }
    InetAddress address = source.getAddress();
    if (!port.counts().admits(address)) {
      return;
    }
    port.counts().begun(address);
    UdpFlow flow = newFlow(source);
    guests.put(source, new Guest(flow, beginning));
    flow.arrived(datagram);
    port.accepted(flow);
  }

  /**
   * Whether {@code datagram} is not for the flows with {@code source}, since it would begin another
   * (RFC 6347, section 4.2.8). Until that one is open, the first goes on: forged datagrams must not
   * end it.
   */
  private boolean beginsAnew(Guest guest, InetSocketAddress source, byte[] datagram) {
    if (doorkeeper.isEmpty() || !port.isOpen()) {
      return false;
    }
    DatagramSecurity.Verdict verdict = doorkeeper.get().look(source, datagram);
    if (!verdict.admitted()) {
      answer(source, verdict);
      return !verdict.answer().isEmpty();
    }
    if (!guest.beginsAnew(verdict.beginning())) {
      return false;
    }
    UdpFlow next = newFlow(source); // not counted: it takes the place of one that is
    guest.beginAnew(next, verdict.beginning());
    next.arrived(datagram);
    port.accepted(next);
    return true;
  }

  private UdpFlow newFlow(InetSocketAddress source) {
    return new UdpFlow(
        port.loop(),
        socket,
        new UdpFacts(
            source,
            path(source),
            Endpoint.of(source).toString(),
            port.options(),
            port.options().idleTimeout(),
            this));
  }

  private void answer(InetSocketAddress source, DatagramSecurity.Verdict verdict) {
    // RFC 6347, section 4.2.1: whoever forged this address must not gain by our answer. One that
    // the socket has no room for is lost, as datagrams are.
    if (!verdict.answer().isEmpty() && socket.isWritable()) {
      ByteBuf copy = port.loop().allocator().directBuffer(verdict.answer().length());
      copy.writeBytes(verdict.answer().asByteBuffer());
      socket.answer(copy, source);
    }
  }

  private NetworkPath path(InetSocketAddress source) {
    InetSocketAddress bound = socket.channel().localAddress();
    Optional<InetSocketAddress> local =
        bound != null && !bound.getAddress().isAnyLocalAddress()
            ? Optional.of(bound)
            : UdpSystem.localAddress(source)
                .map(found -> new InetSocketAddress(found, bound == null ? 0 : bound.getPort()));
    return new NetworkPath(
        NetworkPath.Status.SATISFIED, Optional.empty(), local, Optional.of(source));
  }

  // UdpFacts.Owner

  @Override
  public void opened(UdpFlow flow) {
    Guest guest = guests.get(flow.remote());
    if (guest != null && flow.equals(guest.next())) {
      UdpFlow replaced = guest.moveOn();
      replaced.fail(
          new ConnectionLostException(
              "connection with "
                  + flow.facts().peer()
                  + ": the peer has begun anew from the same address and port"));
    }
  }

  @Override
  public void ended(UdpFlow flow) {
    touched.remove(flow);
    lastTouched = null;
    Guest guest = guests.get(flow.remote());
    if (guest == null) {
      return;
    }
    if (flow.equals(guest.next())) {
      guest.forgetNext();
    } else if (flow.equals(guest.flow()) && guest.next() != null) {
      guest.moveOn();
    } else if (flow.equals(guest.flow())) {
      guests.remove(flow.remote());
      lastGuest = null;
      lastSource = null;
      port.counts().ended(flow.remote().getAddress());
      freeIfUnused();
    }
  }

  // UdpSocket.Owner

  @Override
  public void batchOver() {
    List<UdpFlow> all = List.copyOf(touched);
    touched.clear();
    lastTouched = null;
    all.forEach(UdpFlow::batchOver);
  }

  @Override
  public void writable() {
    all().forEach(UdpFlow::writable);
  }

  private List<UdpFlow> all() {
    return guests.values().stream()
        .flatMap(guest -> Stream.of(Optional.of(guest.flow()), Optional.ofNullable(guest.next())))
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public void trouble(Throwable cause) {
    // A socket that is not connected is not told whom it concerns; sends are, see UdpFlow.notSent.
  }

  @Override
  public void lost() {
    closed = true;
    for (UdpFlow flow : all()) {
      flow.fail(
          new ConnectionLostException(
              "connection with " + flow.facts().peer() + ": its socket is closed"));
    }
  }
}
