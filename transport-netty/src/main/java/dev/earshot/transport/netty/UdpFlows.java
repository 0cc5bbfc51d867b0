package dev.earshot.transport.netty;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.NetworkPath;
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

/**
 * The flows over one bound socket, by the address of the other side. A stranger's datagram begins
 * one, once it is sure that the stranger is where it says if the flow is to be protected.
 */
@LoopConfined
final class UdpFlows implements UdpSocket.Owner {
  private final UdpPort port;
  private final UdpSocket socket;
  private final Map<InetSocketAddress, UdpFlow> flows = new HashMap<>();
  private final Set<UdpFlow> touched = new LinkedHashSet<>();
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
    if (closed && flows.isEmpty()) {
      socket.close();
    }
  }

  @Override
  public void arrived(InetSocketAddress source, byte[] datagram) {
    UdpFlow flow = flows.get(source);
    if (flow == null) {
      stranger(source, datagram);
    } else {
      touched.add(flow);
      flow.arrived(datagram); // which may end it
    }
  }

  private void stranger(InetSocketAddress source, byte[] datagram) {
    // Nobody can be at port 0, and an answer to one's own port would go round for ever.
    if (!port.isOpen() || source.getPort() == 0) {
      return;
    }
    if (doorkeeper.isPresent()) {
      DatagramSecurity.Verdict verdict = doorkeeper.get().look(source, datagram);
      if (!verdict.admitted()) {
        answer(source, verdict);
        return;
      }
    }
    InetAddress address = source.getAddress();
    if (!port.counts().admits(address)) {
      return;
    }
    port.counts().begun(address);
    UdpFlow flow =
        new UdpFlow(
            port.loop(),
            socket,
            new UdpFacts(
                source,
                path(source),
                Endpoint.of(source).toString(),
                port.options(),
                port.options().idleTimeout(),
                () -> ended(source)));
    flows.put(source, flow);
    flow.arrived(datagram);
    port.accepted(flow);
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

  private void ended(InetSocketAddress source) {
    UdpFlow gone = flows.remove(source);
    if (gone != null) {
      touched.remove(gone);
      port.counts().ended(source.getAddress());
      freeIfUnused();
    }
  }

  @Override
  public void batchOver() {
    List<UdpFlow> all = List.copyOf(touched);
    touched.clear();
    all.forEach(UdpFlow::batchOver);
  }

  @Override
  public void writable() {
    List.copyOf(flows.values()).forEach(UdpFlow::writable);
  }

  @Override
  public void trouble(Throwable cause) {
    // A socket that is not connected is not told whom it concerns; sends are, see UdpFlow.notSent.
  }

  @Override
  public void lost() {
    closed = true;
    for (UdpFlow flow : List.copyOf(flows.values())) {
      flow.fail(
          new ConnectionLostException(
              "connection with " + flow.facts().peer() + ": its socket is closed"));
    }
  }
}
