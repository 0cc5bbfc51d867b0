package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.DatagramSecurity.SecuredFlow;
import dev.earshot.spi.DatagramSecurity.Verdict;
import dev.earshot.spi.Loop;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One protected flow over a real socket, driven by the test's own thread. */
final class SocketDtls implements Loop, DatagramSecurity.Events, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int TURN_MILLIS = 20;
  private static final int SIZE = 1_400;

  final List<String> contents = new ArrayList<>();
  private final DatagramSecurity security;
  private final DatagramSocket socket;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<Due> timers = new ArrayList<>();
  private @Nullable InetSocketAddress peer;
  @Nullable SecuredFlow flow;
  private boolean ready;
  private @Nullable NetworkException failure;

  private record Due(long at, Runnable task) {}

  SocketDtls(DatagramSecurity security) throws IOException {
    this.security = security;
    this.socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.setSoTimeout(TURN_MILLIS);
  }

  int port() {
    return socket.getLocalPort();
  }

  /** Connects to {@code port}, and waits until both have agreed. */
  void connect(int port) throws IOException {
    peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    begin(Role.CLIENT);
    runUntil(() -> ready);
  }

  /** Waits for somebody, and until both have agreed. */
  void accept() throws IOException {
    DatagramSecurity.Doorkeeper door = security.doorkeeper(this);
    runUntil(
        () -> {
          byte[] first = flow == null ? receive() : null; // what comes later is the flow's
          if (first != null) {
            knock(door, first);
          }
          return ready;
        });
  }

  private void knock(DatagramSecurity.Doorkeeper door, byte[] datagram) {
    Verdict verdict = door.look(peer(), datagram);
    if (verdict.admitted()) {
      begin(Role.SERVER);
      flow().arrived(datagram);
    } else {
      byte[] answer = verdict.answer().toByteArray();
      send(answer, 0, answer.length);
    }
  }

  private void begin(Role role) {
    SecuredFlow made =
        security.open(
            role,
            new DatagramSecurity.Place(
                this, this, "the peer", Endpoint.hostPort("127.0.0.1", 1), SIZE),
            this);
    flow = made;
    made.begin();
  }

  SecuredFlow flow() {
    if (flow == null) {
      throw new AssertionError("nobody has come");
    }
    return flow;
  }

  void say(String text) {
    byte[] target = new byte[SIZE];
    send(target, 0, flow().seal(Payload.utf8(text), target, 0));
  }

  /** Lets things happen until {@code condition} holds. */
  void runUntil(BooleanSupplier condition) throws IOException {
    long end = nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(failure).isNull();
      assertThat(nanoTime()).as("in time").isLessThan(end);
      byte[] datagram = flow == null ? null : receive();
      if (datagram != null) {
        flow().arrived(datagram);
      }
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
      for (Due due : List.copyOf(timers)) {
        if (due.at() <= nanoTime() && timers.remove(due)) {
          due.task().run();
        }
      }
    }
  }

  private byte @Nullable [] receive() {
    DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
    try {
      socket.receive(packet);
    } catch (SocketTimeoutException | PortUnreachableException nothing) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    peer = (InetSocketAddress) packet.getSocketAddress();
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private InetSocketAddress peer() {
    if (peer == null) {
      throw new AssertionError("nobody has come");
    }
    return peer;
  }

  @Override
  public void close() {
    if (flow != null) {
      flow.close();
    }
    socket.close();
  }

  // Loop

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Due due = new Due(nanoTime() + delay.toNanos(), task);
    timers.add(due);
    return () -> timers.remove(due);
  }

  // Events

  @Override
  public void send(byte[] array, int from, int length) {
    try {
      socket.send(new DatagramPacket(array, from, length, peer()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void heard() {}

  @Override
  public void ready() {
    ready = true;
  }

  @Override
  public void content(Payload content) {
    contents.add(content.toUtf8String());
  }

  @Override
  public void closed() {}

  @Override
  public void failed(NetworkException cause) {
    failure = cause;
  }
}
