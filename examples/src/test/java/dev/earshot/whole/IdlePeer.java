package dev.earshot.whole;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program with one end of idle connections: {@code listen TRANSPORT}, {@code connect TRANSPORT
 * PORT COUNT}, {@code weigh CONNECTIONS}, once there are so many. Says {@code listening PORT},
 * {@code connected}, {@code weight HEAP RSS}, in bytes, after collections.
 */
final class IdlePeer {
  private final Network network = Network.open();
  private final List<Connection> idle = new CopyOnWriteArrayList<>();
  private final AtomicInteger heard = new AtomicInteger();

  private IdlePeer() {}

  /** Takes no arguments; ends when its input does. */
  public static void main(String[] arguments) throws IOException {
    IdlePeer peer = new IdlePeer();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      peer.obey(line.split(" "));
    }
    System.exit(0);
  }

  private void obey(String[] words) throws IOException {
    switch (words[0]) {
      case "listen" -> listen(PathTransport.valueOf(words[1]));
      case "connect" ->
          connect(
              PathTransport.valueOf(words[1]),
              Integer.parseInt(words[2]),
              Integer.parseInt(words[3]));
      case "weigh" -> weigh(Integer.parseInt(words[1]));
      default -> throw new IllegalArgumentException(String.join(" ", words));
    }
  }

  private void listen(PathTransport transport) {
    NetworkLink loopback = Loopback.link(network);
    Parameters parameters =
        parameters(transport).requireLink(loopback).maximumHandshakes(1_000, 1_000).build();
    Listener listener = network.listener(parameters).start(new Accepting(), Runnable::run);
    Eventually.get(listener.ready());
    System.out.println("listening " + listener.port().orElseThrow());
  }

  /** Such that nothing ends while the last is opened. */
  private static Parameters.Builder parameters(PathTransport transport) {
    return transport == PathTransport.QUIC
        ? PathSettings.PATIENT.of(transport)
        : transport.parameters();
  }

  private void connect(PathTransport transport, int port, int count) {
    for (int i = 0; i < count; i++) {
      Connection connection =
          network.connection(Endpoint.hostPort("127.0.0.1", port), parameters(transport).build());
      connection.start(new Connection.Handler() {}, Runnable::run);
      Eventually.get(connection.ready());
      Eventually.get(connection.send(Payload.utf8("hello")));
      idle.add(connection);
    }
    System.out.println("connected");
  }

  private void weigh(int count) throws IOException {
    Eventually.holds(
        () -> count + " connections, there are " + idle.size() + ", heard of " + heard,
        () -> idle.size() == count && (heard.get() == 0 || heard.get() == count));
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      heap = Math.min(heap, ProcessFacts.liveHeapBytes());
    }
    String resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("RssAnon:"))
            .findFirst()
            .orElseThrow();
    long kibibytes = Long.parseLong(resident.replaceAll("\\D", ""));
    System.out.printf("weight %d %d%n", heap, kibibytes << 10);
  }

  /** Keeps connections, and the streams of groups, which are one each. */
  private final class Accepting implements Listener.Handler, ConnectionGroup.Handler {
    @Override
    public void newConnection(Listener from, Connection connection) {
      idle.add(connection.start(new Connection.Handler() {}, Runnable::run));
      connection.receiveMessage().thenRun(heard::incrementAndGet);
    }

    @Override
    public void newConnectionGroup(Listener from, ConnectionGroup group) {
      group.start(this, Runnable::run);
    }

    @Override
    public void newStream(ConnectionGroup group, Connection stream) {
      idle.add(stream.start(new Connection.Handler() {}, Runnable::run));
      stream.receiveMessage().thenRun(heard::incrementAndGet);
    }
  }
}
