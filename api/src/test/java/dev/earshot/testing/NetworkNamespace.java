package dev.earshot.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A computer of its own as far as the network goes: links, processes, {@code /run} and host name.
 *
 * <p>It has no name and hangs on one process that waits for the end of its input. So when this
 * program ends, even if it is killed, the kernel clears everything away: the processes inside, the
 * links, the mounts. Wants Linux and root.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final String HOLD =
      "mount -t tmpfs none /run && mount -t sysfs none /sys"
          + " && mkdir -p /run/dbus /run/avahi-daemon && ip link set lo up"
          + " && hostname \"$0\""
          // No two seconds of doubt whether somebody else has the address.
          + " && echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad"
          + " && echo ready && exec cat";

  private final PeerProcess holder;

  private NetworkNamespace(PeerProcess holder) {
    this.holder = holder;
  }

  /** Skips the calling test unless {@code programs} are there and we are root; fails on CI. */
  public static void require(String... programs) {
    List<String> missing = new ArrayList<>();
    if (!"root".equals(System.getProperty("user.name"))) {
      missing.add("root");
    }
    Stream.concat(Stream.of(programs), Stream.of("ip", "unshare", "nsenter", "setpriv"))
        .filter(program -> find(program).isEmpty())
        .forEach(missing::add);
    if (Boolean.getBoolean("earshot.ci")) {
      assertThat(missing).as("what the build server needs for this test").isEmpty();
    }
    Assumptions.assumeTrue(missing.isEmpty(), () -> "needs " + missing);
  }

  private static Optional<Path> find(String program) {
    return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin")
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** A new one, with loopback up, on a computer called {@code hostName}. */
  public static NetworkNamespace open(String hostName) throws Exception {
    PeerProcess holder =
        PeerProcess.start(
            List.of(
                "unshare",
                "--net",
                "--mount",
                "--uts",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "/bin/sh",
                "-c",
                HOLD,
                hostName));
    holder.awaitLine("ready");
    return new NetworkNamespace(holder);
  }

  /** Ties {@code link} here to {@code link} over there, as a cable would; both are down. */
  public void connect(String link, NetworkNamespace other) throws Exception {
    connect(link, other, link);
  }

  /** The same with another name for the end over there. */
  public void connect(String link, NetworkNamespace other, String otherLink) throws Exception {
    ip(
        "link",
        "add",
        link,
        "type",
        "veth",
        "peer",
        "name",
        otherLink,
        "netns",
        Long.toString(other.holder.pid()));
  }

  /** Runs {@code ip} in here. */
  public void ip(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("nsenter", "-t", pid(), "--net", "ip"));
    command.addAll(List.of(arguments));
    run(command);
  }

  /** Runs {@code command} in here, to its end. */
  public List<String> run(String... command) throws Exception {
    return run(inside(List.of(command)));
  }

  private static List<String> run(List<String> command) throws Exception {
    try (PeerProcess process = PeerProcess.start(command)) {
      int status = process.awaitExit();
      assertThat(status).as(() -> command + " said " + process.lines()).isZero();
      return process.lines();
    }
  }

  /** Starts {@code command} in here. */
  public PeerProcess start(List<String> command) throws IOException {
    return PeerProcess.start(inside(command));
  }

  private List<String> inside(List<String> command) {
    List<String> whole =
        new ArrayList<>(
            List.of(
                "nsenter",
                "-t",
                pid(),
                "--net",
                "--mount",
                "--uts",
                "--pid=/proc/" + pid() + "/ns/pid_for_children",
                "--",
                "setpriv", // what we kill is nsenter: let its child go with it
                "--pdeathsig",
                "TERM"));
    whole.addAll(command);
    return whole;
  }

  private String pid() {
    return Long.toString(holder.pid());
  }

  @Override
  public void close() {
    holder.close();
  }
}
