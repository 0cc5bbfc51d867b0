package dev.earshot.transport.netty;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Carries datagrams between clients and one server, so that the server takes all clients for one:
 * what it sends, all of them get.
 */
final class UdpRelay implements AutoCloseable {
  private static final int LONGEST = 2_000;

  private final DatagramSocket inside;
  private volatile DatagramSocket outside;
  private final InetSocketAddress server;
  private final Set<SocketAddress> clients = ConcurrentHashMap.newKeySet();
  private final List<byte[]> carried = new CopyOnWriteArrayList<>();
  private final Set<ByteBuffer> lost = ConcurrentHashMap.newKeySet();
  private volatile boolean losing;

  UdpRelay(int serverPort) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    server = new InetSocketAddress(loopback, serverPort);
    inside = new DatagramSocket(new InetSocketAddress(loopback, 0));
    outside = new DatagramSocket(new InetSocketAddress(loopback, 0));
    run("relay-inside", this::fromClients);
    carryBack(outside);
  }

  private void carryBack(DatagramSocket from) {
    run("relay-outside", () -> fromServer(from));
  }

  /** Loses every datagram from now on, but carries what is sent again without a change. */
  void loseWhatIsNew() {
    losing = true;
  }

  private boolean isLost(byte[] datagram) {
    return losing && lost.add(ByteBuffer.wrap(datagram));
  }

  /** Sends to the server from another port from now on; which. */
  int rebind() throws IOException {
    DatagramSocket before = outside;
    DatagramSocket next = new DatagramSocket(new InetSocketAddress(server.getAddress(), 0));
    carryBack(next);
    outside = next;
    before.close();
    return next.getLocalPort();
  }

  private static void run(String name, Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  step.take();
                }
              } catch (IOException closed) {
                return;
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Where the server sees them. */
  int seenAs() {
    return outside.getLocalPort();
  }

  /** Where clients send to. */
  int port() {
    return inside.getLocalPort();
  }

  /** What clients have sent, in order. */
  List<byte[]> carried() {
    return carried;
  }

  /** Sends as any of the clients might. */
  void forge(byte[] datagram) throws IOException {
    outside.send(new DatagramPacket(datagram, datagram.length, server));
  }

  private void fromClients() throws IOException {
    DatagramPacket packet = receive(inside);
    clients.add(packet.getSocketAddress());
    byte[] datagram = Arrays.copyOf(packet.getData(), packet.getLength());
    if (!isLost(datagram)) {
      carried.add(datagram);
      forge(datagram);
    }
  }

  private void fromServer(DatagramSocket from) throws IOException {
    DatagramPacket packet = receive(from);
    byte[] datagram = Arrays.copyOf(packet.getData(), packet.getLength());
    if (isLost(datagram)) {
      return;
    }
    for (SocketAddress client : clients) {
      inside.send(new DatagramPacket(datagram, datagram.length, client));
    }
  }

  private static DatagramPacket receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[LONGEST], LONGEST);
    socket.receive(packet);
    return packet;
  }

  @Override
  public void close() {
    inside.close();
    outside.close();
  }

  /** One datagram's way. */
  private interface Step {
    void take() throws IOException;
  }
}
