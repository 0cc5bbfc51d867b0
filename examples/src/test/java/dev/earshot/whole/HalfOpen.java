package dev.earshot.whole;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Peers that begin a handshake, each from a port of its own, and say no more. For one thread. */
final class HalfOpen implements AutoCloseable {
  private static final byte[] HALF_A_HELLO =
      HexFormat.of().parseHex("16030100b5010000b10303" + "00".repeat(20));

  /** A HelloVerifyRequest with a cookie of zeros (RFC 6347, section 4.2.1). */
  private static final byte[] QUESTION =
      HexFormat.of()
          .parseHex(
              "16feff0000000000000000002f"
                  + "030000230000000000000023"
                  + ("feff20" + "00".repeat(32)));

  /** In a hello over datagrams: two headers, version, random bytes, an empty session, length. */
  private static final int COOKIE_AT = 13 + 12 + 2 + 32 + 1 + 1;

  /** In the answer to it: two headers, the version, the length. */
  private static final int ANSWERED_COOKIE_AT = 13 + 12 + 2 + 1;

  private static final int COOKIE_BYTES = 32;

  private final InetSocketAddress victim;

  /** A hello with a cookie of zeros; empty for streams. */
  private final byte[] hello;

  private final List<Closeable> sockets = new ArrayList<>();

  private HalfOpen(int port, byte[] hello) {
    this.victim = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.hello = hello;
  }

  /** Over TCP: half a hello of TLS. */
  static HalfOpen streams(int port) {
    return new HalfOpen(port, new byte[0]);
  }

  /** Over UDP: a hello that {@code parameters} give, with the cookie that it is asked for. */
  static HalfOpen datagrams(int port, Parameters.Builder parameters) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (Network network = Network.open();
        DatagramSocket server = new DatagramSocket(new InetSocketAddress(loopback, 0))) {
      server.setSoTimeout((int) Eventually.PATIENCE.toMillis());
      Endpoint to = Endpoint.hostPort("127.0.0.1", server.getLocalPort());
      Connection client = network.connection(to, parameters.build()).start();
      DatagramPacket first = receive(server);
      server.send(new DatagramPacket(QUESTION, QUESTION.length, first.getSocketAddress()));
      DatagramPacket second = receive(server);
      client.forceCancel();
      return new HalfOpen(port, Arrays.copyOf(second.getData(), second.getLength()));
    }
  }

  /** From so many addresses, from each so many. */
  void begin(int addresses, int each) throws IOException {
    for (int address = 0; address < addresses; address++) {
      InetSocketAddress own =
          new InetSocketAddress(InetAddress.getByName("127.0.7." + (address + 1)), 0);
      for (int i = 0; i < each; i++) {
        if (hello.length == 0) {
          stream(own);
        } else {
          datagram(own);
        }
      }
    }
  }

  int size() {
    return sockets.size();
  }

  private void stream(InetSocketAddress own) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.bind(own);
    socket.connect(victim);
    try {
      socket.getOutputStream().write(HALF_A_HELLO);
    } catch (IOException refused) {
      return; // there are enough already
    }
  }

  private void datagram(InetSocketAddress own) throws IOException {
    DatagramSocket socket = new DatagramSocket(own);
    sockets.add(socket);
    socket.setSoTimeout((int) Eventually.PATIENCE.toMillis());
    byte[] mine = hello.clone();
    socket.send(new DatagramPacket(mine, mine.length, victim));
    DatagramPacket answer = receive(socket);
    System.arraycopy(answer.getData(), ANSWERED_COOKIE_AT, mine, COOKIE_AT, COOKIE_BYTES);
    socket.send(new DatagramPacket(mine, mine.length, victim));
  }

  private static DatagramPacket receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
    socket.receive(packet);
    return packet;
  }

  @Override
  public void close() throws IOException {
    for (Closeable socket : sockets) {
      socket.close();
    }
  }
}
