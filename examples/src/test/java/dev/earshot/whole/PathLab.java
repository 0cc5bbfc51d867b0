package dev.earshot.whole;

import dev.earshot.testing.NetworkNamespace;
import dev.earshot.testing.PeerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Computers of their own on one Ethernet, each with a {@link PathWitness}: made of network
 * namespaces, veth pairs and a bridge. For one test; several threads may use a computer each.
 */
final class PathLab implements AutoCloseable {
  private static final List<String> OPTIONS =
      List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");
  private static final long POLL_NANOS = 5_000_000;

  /** RFC 1122 section 4.2.3.2: no acknowledgement is delayed by so much. */
  private static final Duration ACKNOWLEDGED = Duration.ofMillis(500);

  private final List<Runnable> open = new ArrayList<>();
  private final NetworkNamespace hub;
  private int ports;

  PathLab() throws Exception {
    hub = NetworkNamespace.open("hub");
    open.add(0, hub::close);
    hub.ip("link", "add", "br0", "type", "bridge");
    hub.ip("link", "set", "br0", "up");
  }

  /** One more computer, on the Ethernet by {@code link} with {@code address}; it is starting. */
  Computer computer(String link, String address, String... options) throws Exception {
    NetworkNamespace inside = NetworkNamespace.open("host-" + address);
    open.add(0, inside::close);
    Computer made = new Computer(inside, address, options);
    made.cable(link, address);
    return made;
  }

  /** Lets {@code time} pass since {@code begun}, a reading of {@link System#nanoTime}. */
  static void passSince(long begun, Duration time) {
    while (System.nanoTime() - begun < time.toNanos()) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() {
    open.forEach(Runnable::run);
  }

  /** One computer. */
  final class Computer {
    private final NetworkNamespace inside;
    private final String address;
    private final PeerProcess witness;
    private @Nullable PathTap tap;

    private Computer(NetworkNamespace inside, String address, String... options) throws Exception {
      this.inside = inside;
      this.address = address;
      List<String> all = new ArrayList<>(OPTIONS);
      all.addAll(Arrays.asList(options));
      this.witness = inside.start(JavaProcess.command(all, PathWitness.class));
      open.add(0, witness::close);
    }

    String address() {
      return address;
    }

    /** From now on it is known when packets come. */
    Computer tapped() throws Exception {
      PathTap made = PathTap.in(inside);
      open.add(0, made::close);
      tap = made;
      return this;
    }

    /** When a packet came last from the peer of {@code group}, of those before {@code nanos}. */
    OptionalLong lastHeard(String group, PathTransport transport, long nanos) {
      String begin = String.join("\t", "path", group, transport.title(), "");
      Optional<String[]> path =
          lines().stream()
              .filter(line -> line.startsWith(begin))
              .findFirst()
              .map(line -> line.substring(begin.length()).split("\t"));
      return tap == null || path.isEmpty()
          ? OptionalLong.empty()
          : tap.last(new PathTap.Flow(path.get()[1], path.get()[3], path.get()[2]), nanos);
    }

    /** Lays a cable from here to the Ethernet. */
    void cable(String link, String numeric) throws Exception {
      String port = "port" + ports++;
      inside.connect(link, hub, port);
      hub.ip("link", "set", port, "master", "br0", "up");
      inside.ip("address", "add", numeric + "/24", "dev", link);
      inside.ip("link", "set", link, "up");
    }

    void ip(String... arguments) throws Exception {
      inside.ip(arguments);
    }

    /** Drops, without a word, what comes from {@code source}. */
    void drop(String source) throws Exception {
      inside.run("iptables", "-A", "INPUT", "-s", source, "-j", "DROP");
    }

    void dropNothing() throws Exception {
      inside.run("iptables", "-F", "INPUT");
    }

    /** Sends {@code signal} to the program. */
    void signal(String signal) throws Exception {
      String started = witness.awaitLine("started", line -> line.startsWith("started\t"));
      inside.run("kill", "-" + signal, started.split("\t")[1]);
    }

    void listen(String link, PathSettings settings) throws Exception {
      witness.awaitLine("started", line -> line.startsWith("started\t"));
      witness.send("listen", link, settings.name());
      for (PathTransport transport : PathTransport.values()) {
        await("listener", transport, "Ready");
      }
    }

    /** Connects to {@code peer} by every transport, and waits until both ends have met. */
    void connect(String group, Computer peer, PathSettings settings) throws Exception {
      begin(group, peer, settings);
      for (PathTransport transport : PathTransport.values()) {
        await(group, transport, "Ready");
        peer.await(address, transport, "heard");
      }
      passSince(System.nanoTime(), ACKNOWLEDGED);
    }

    void begin(String group, Computer peer, PathSettings settings) throws Exception {
      begin(group, peer.address, settings);
    }

    private void begin(String group, String remote, PathSettings settings) throws Exception {
      witness.awaitLine("started", line -> line.startsWith("started\t"));
      witness.send("connect", group, remote, settings.name());
    }

    /**
     * Connects to the link-local address of {@code peer} by {@code link} here, and gives what each
     * transport said of its path: local and remote address.
     */
    List<List<String>> connectByLinkLocal(String link, Computer peer) throws Exception {
      String remote = peer.linkLocal() + "%" + link;
      begin("scoped", remote, PathSettings.DEFAULTS);
      List<List<String>> paths = new ArrayList<>();
      for (PathTransport transport : PathTransport.values()) {
        String begin = String.join("\t", "path", "scoped", transport.title(), "");
        String line = witness.awaitLine(begin, each -> each.startsWith(begin));
        paths.add(List.of(line.substring(begin.length()).split("\t")).subList(0, 2));
      }
      return paths;
    }

    private String linkLocal() throws Exception {
      String listed = String.join(" ", inside.run("ip", "-6", "-o", "address", "show"));
      Matcher found = Pattern.compile("inet6 (fe80:[0-9a-f:]+)").matcher(listed);
      if (!found.find()) {
        throw new AssertionError("no link-local address among " + listed);
      }
      return found.group(1);
    }

    void talk(String group) {
      witness.send("talk", group);
    }

    /** How many numbers have arrived on the connection of {@code group}. */
    long count(String group, PathTransport transport) throws Exception {
      witness.send("count");
      String begin = String.join("\t", "count", group, transport.title(), "");
      witness.awaitLine("counted", "counted"::equals);
      return lines().stream()
          .filter(line -> line.startsWith(begin))
          .mapToLong(line -> Long.parseLong(line.substring(begin.length())))
          .max()
          .orElseThrow();
    }

    private void await(String group, PathTransport transport, String text) throws Exception {
      String begin = String.join("\t", "event", group, transport.title());
      witness.awaitLine(
          begin + " " + text, line -> line.startsWith(begin + "\t") && line.endsWith("\t" + text));
    }

    /** All that the program has said. */
    List<String> lines() {
      return witness.lines();
    }
  }
}
