package dev.earshot.discovery.mdns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.MulticastSocket;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What jmDNS takes for its socket: reads from the real one, and hands on only what is left after
 * our own filter.
 *
 * <p>Only {@link #receive} works, and only the reader of jmDNS calls it. Holds no socket of its
 * own.
 */
final class GuardedSocket extends MulticastSocket {
  private static final int RECEIVE_BUFFER_BYTES = 512 * 1024; // what a busy link says in a moment

  private final MulticastSocket socket;
  private final Filter filter;
  private final String threadName;
  private final DatagramPacket packet =
      new DatagramPacket(new byte[PacketGuard.MAXIMUM_BYTES + 1], PacketGuard.MAXIMUM_BYTES + 1);
  private volatile @Nullable Thread reader;

  /** Looks at every packet before jmDNS does. */
  interface Filter {
    /** What jmDNS may see of {@code packet}; called by the reader. */
    Optional<byte[]> pass(DatagramPacket packet);
  }

  GuardedSocket(MulticastSocket socket, String threadName, Filter filter) throws IOException {
    super((SocketAddress) null);
    super.close(); // only the type is needed
    socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES); // a wish, as everything of the kind is
    this.socket = socket;
    this.threadName = threadName;
    this.filter = filter;
  }

  @Override
  public void receive(DatagramPacket into) throws IOException {
    if (reader == null) {
      reader = Thread.currentThread();
      Thread.currentThread().setName(threadName);
    }
    Optional<byte[]> passed;
    do {
      packet.setLength(packet.getData().length);
      socket.receive(packet);
      passed = filter.pass(packet);
    } while (passed.isEmpty() || passed.get().length > into.getData().length);
    byte[] bytes = passed.get();
    System.arraycopy(bytes, 0, into.getData(), 0, bytes.length);
    into.setLength(bytes.length);
    into.setAddress(packet.getAddress());
    into.setPort(packet.getPort());
  }

  /** Whether the thread that reads has ended, for whatever reason. */
  boolean isDeserted() {
    Thread thread = reader;
    return thread != null && !thread.isAlive();
  }
}
