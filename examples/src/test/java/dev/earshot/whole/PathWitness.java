package dev.earshot.whole;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program that connects and listens by every transport, and says what it is told, and when.
 *
 * <p>One command a line: {@code listen LINK SETTINGS}, {@code connect GROUP ADDRESS SETTINGS},
 * {@code talk GROUP}, {@code count}. One event a line, fields between tabs: {@code event GROUP
 * TRANSPORT NANOS TEXT}, by a clock that all processes of this computer share, and {@code path
 * GROUP TRANSPORT LOCAL REMOTE LOCAL_PORT REMOTE_PORT STATUS} of a path that was told of. The group
 * of an accepted connection is the remote address, that of a listener {@code listener}. Ends when
 * its input does.
 */
final class PathWitness {
  private static final long PAUSE_MILLIS = 250;

  private final Network network = Network.open();
  private final Map<String, List<Connection>> groups = new ConcurrentHashMap<>();
  private final List<Counter> counters = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService talking = Executors.newSingleThreadScheduledExecutor();

  private PathWitness() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws Exception {
    PathWitness witness = new PathWitness();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    print("started", Long.toString(ProcessHandle.current().pid()));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      witness.obey(line.split("\t"));
    }
    System.exit(0);
  }

  private void obey(String[] words) {
    switch (words[0]) {
      case "listen" -> listen(words[1], PathSettings.valueOf(words[2]));
      case "connect" -> connect(words[1], words[2], PathSettings.valueOf(words[3]));
      case "talk" -> talk(groups.get(words[1]));
      case "count" -> {
        counters.forEach(Counter::say);
        print("counted");
      }
      default -> throw new IllegalArgumentException(String.join(" ", words));
    }
  }

  private void listen(String link, PathSettings settings) {
    NetworkLink required =
        network.links().stream().filter(each -> each.name().equals(link)).findFirst().orElseThrow();
    for (PathTransport transport : PathTransport.values()) {
      Parameters parameters =
          settings.of(transport).requireLink(required).localPort(transport.port()).build();
      network.listener(parameters).start(new Accepting(transport), Runnable::run);
    }
  }

  private void connect(String group, String address, PathSettings settings) {
    List<Connection> made = new ArrayList<>();
    for (PathTransport transport : PathTransport.values()) {
      Connection connection =
          network.connection(
              Endpoint.hostPort(address, transport.port()), settings.of(transport).build());
      connection.start(new Telling(group, transport), Runnable::run);
      connection.send(Payload.utf8("hello"));
      read(connection, new Counter(group, transport));
      made.add(connection);
    }
    groups.put(group, made);
  }

  /** Sends numbers until the program ends, or the connection does. */
  private void talk(List<Connection> connections) {
    AtomicInteger next = new AtomicInteger();
    talking.scheduleAtFixedRate(
        () -> {
          Payload number = Payload.utf8(next.getAndIncrement() + ";");
          connections.forEach(connection -> connection.trySend(number));
        },
        0,
        PAUSE_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private void read(Connection connection, Counter counter) {
    connection
        .receiveMessage()
        .whenComplete(
            (received, failure) -> {
              if (failure != null) {
                return; // the state tells
              }
              counter.count(received.content());
              if (received.endOfStream()) {
                tell(counter.group, counter.transport, "end of stream");
              } else {
                read(connection, counter);
              }
            });
  }

  private static void tell(String group, PathTransport transport, String text) {
    print("event", group, transport.title(), Long.toString(System.nanoTime()), text);
  }

  private static void tellPath(String group, PathTransport transport, NetworkPath path) {
    InetSocketAddress local = path.localEndpoint().orElseThrow();
    InetSocketAddress remote = path.remoteEndpoint().orElseThrow();
    print(
        "path",
        group,
        transport.title(),
        local.getAddress().getHostAddress(),
        remote.getAddress().getHostAddress(),
        Integer.toString(local.getPort()),
        Integer.toString(remote.getPort()),
        path.status().name());
  }

  private static String words(Connection.State state) {
    String text = state.getClass().getSimpleName();
    if (state instanceof Connection.State.Waiting waiting) {
      text += "\t" + waiting.reason().getClass().getSimpleName();
    } else if (state instanceof Connection.State.Failed failed) {
      text += "\t" + failed.cause().getClass().getSimpleName();
    }
    return text;
  }

  private static String viability(boolean viable) {
    return viable ? "viable" : "not viable";
  }

  private static String betterPath(boolean available) {
    return available ? "better path" : "no better path";
  }

  private static synchronized void print(String... words) {
    System.out.println(String.join("\t", words));
  }

  /** Which numbers have arrived at one end. */
  private final class Counter {
    private final String group;
    private final PathTransport transport;
    private final AtomicInteger messages = new AtomicInteger();

    private Counter(String group, PathTransport transport) {
      this.group = group;
      this.transport = transport;
      counters.add(this);
    }

    private void count(Payload content) {
      if (content.length() == 0) {
        return;
      }
      String text = content.toUtf8String();
      messages.addAndGet((int) text.chars().filter(c -> c == ';').count());
      if (text.startsWith("hello")) {
        tell(group, transport, "heard");
      }
    }

    private void say() {
      print("count", group, transport.title(), messages.toString());
    }
  }

  /** Says what a listener is told. */
  private final class Accepting implements Listener.Handler {
    private final PathTransport transport;

    private Accepting(PathTransport transport) {
      this.transport = transport;
    }

    @Override
    public void newConnection(Listener listener, Connection connection) {
      String group = ((Endpoint.HostPort) connection.endpoint()).host();
      connection.start(new Telling(group, transport), Runnable::run);
      read(connection, new Counter(group, transport));
    }

    /** The group is told of what happens, and its streams bring what is said. */
    @Override
    public void newConnectionGroup(Listener listener, ConnectionGroup connections) {
      String group = ((Endpoint.HostPort) connections.endpoint()).host();
      connections.start(new TellingOfGroup(group, transport), Runnable::run);
    }

    @Override
    public void stateUpdated(Listener listener, Listener.State state) {
      String text = state.getClass().getSimpleName();
      if (state instanceof Listener.State.Waiting waiting) {
        text += "\t" + waiting.reason().getClass().getSimpleName();
      } else if (state instanceof Listener.State.Failed failed) {
        text += "\t" + failed.cause().getClass().getSimpleName();
      }
      tell("listener", transport, text);
    }
  }

  /** Says what a connection is told. */
  private record Telling(String group, PathTransport transport) implements Connection.Handler {
    @Override
    public void stateUpdated(Connection connection, Connection.State state) {
      tell(group, transport, words(state));
    }

    @Override
    public void pathUpdated(Connection connection, NetworkPath path) {
      tellPath(group, transport, path);
    }

    @Override
    public void viabilityUpdated(Connection connection, boolean viable) {
      tell(group, transport, viability(viable));
    }

    @Override
    public void betterPathUpdated(Connection connection, boolean available) {
      tell(group, transport, betterPath(available));
    }
  }

  /** The same of a group that a listener accepted. */
  private final class TellingOfGroup implements ConnectionGroup.Handler {
    private final String group;
    private final PathTransport transport;

    private TellingOfGroup(String group, PathTransport transport) {
      this.group = group;
      this.transport = transport;
    }

    @Override
    public void newStream(ConnectionGroup connections, Connection stream) {
      stream.start();
      read(stream, new Counter(group, transport));
    }

    @Override
    public void stateUpdated(ConnectionGroup connections, Connection.State state) {
      tell(group, transport, words(state));
    }

    @Override
    public void pathUpdated(ConnectionGroup connections, NetworkPath path) {
      tellPath(group, transport, path);
    }

    @Override
    public void viabilityUpdated(ConnectionGroup connections, boolean viable) {
      tell(group, transport, viability(viable));
    }

    @Override
    public void betterPathUpdated(ConnectionGroup connections, boolean available) {
      tell(group, transport, betterPath(available));
    }
  }
}
