package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.NetworkNamespace;
import dev.earshot.testing.PeerProcess;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A router has a link that carries less than the one before it: what datagrams may have is
 * corrected when it says so. On computers made of network namespaces.
 */
@Tag("network")
@Timeout(120)
@ParameterizedClass
@EnumSource(PathMtuNetworkTest.Family.class)
class PathMtuNetworkTest {
  private static final int WIDE = 1_500;
  private static final int NARROW = 1_400;
  private static final List<String> OPTIONS =
      List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** The addresses, of which the router has the first of each net, and their headers. */
  enum Family {
    IPV4("10.79.%d.%d", "24", 28),
    IPV6("fd00:79:%d::%d", "64", 48);

    private final String pattern;
    private final String prefix;
    private final int headers;

    Family(String pattern, String prefix, int headers) {
      this.pattern = pattern;
      this.prefix = prefix;
      this.headers = headers;
    }

    private String address(int net, int host) {
      return pattern.formatted(net, host);
    }
  }

  @Parameter Family family;

  private NetworkNamespace wide;
  private NetworkNamespace router;
  private NetworkNamespace narrow;
  private PeerProcess here;
  private PeerProcess there;

  @BeforeEach
  void join() throws Exception {
    NetworkNamespace.require();
    wide = NetworkNamespace.open("wide");
    router = NetworkNamespace.open("router");
    narrow = NetworkNamespace.open("narrow");
    wide.connect("eth0", router, "eth1");
    narrow.connect("eth0", router, "eth2");
    router.run(
        "/bin/sh",
        "-c",
        "echo 1 > /proc/sys/net/ipv4/ip_forward;"
            + " echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
    up(router, "eth1", family.address(1, 1), WIDE);
    up(router, "eth2", family.address(2, 1), NARROW);
    up(wide, "eth0", family.address(1, 2), WIDE);
    up(narrow, "eth0", family.address(2, 2), NARROW);
    wide.ip("route", "add", "default", "via", family.address(1, 1));
    narrow.ip("route", "add", "default", "via", family.address(2, 1));
  }

  private void up(NetworkNamespace where, String link, String address, int mtu) throws Exception {
    where.ip("address", "add", address + "/" + family.prefix, "dev", link);
    where.ip("link", "set", link, "mtu", Integer.toString(mtu), "up");
  }

  @AfterEach
  void part() {
    for (NetworkNamespace each : new NetworkNamespace[] {wide, router, narrow}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private static PeerProcess start(NetworkNamespace where, String... arguments) throws Exception {
    return where.start(JavaProcess.command(OPTIONS, DatagramWitness.class, arguments));
  }

  /** The next answer to a command. */
  private static String ask(PeerProcess program, String... command) {
    int before = answers(program).size();
    program.send(command);
    try {
      return program.awaitLines(before + 1, "an answer", PathMtuNetworkTest::isAnswer);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> answers(PeerProcess program) {
    return program.lines().stream().filter(PathMtuNetworkTest::isAnswer).toList();
  }

  private static boolean isAnswer(String line) {
    return line.startsWith("size\t") || line.startsWith("sent") || line.startsWith("refused\t");
  }

  private String sizeOn(int mtu) {
    return "size\t" + (mtu - family.headers);
  }

  private static String send(PeerProcess from, int length) {
    return ask(from, "send", Integer.toString(length));
  }

  private void begin(boolean dialled) throws Exception {
    if (dialled) {
      there = start(narrow);
      there.awaitLine("listening");
      here = start(wide, family.address(2, 2));
      here.awaitLine("ready");
    } else {
      here = start(wide);
      here.awaitLine("listening");
      there = start(narrow, family.address(1, 2));
      there.awaitLine("ready");
      assertThat(ask(there, "size")).isEqualTo(sizeOn(NARROW));
      assertThat(send(there, 5)).isEqualTo("sent");
      here.awaitLine("received", "5");
    }
  }

  @ParameterizedTest(name = "dialled {0}")
  @ValueSource(booleans = {true, false})
  void whatDatagramsMayHaveIsCorrectedWhenThePathIsNarrower(boolean dialled) throws Exception {
    begin(dialled);
    int tooMuch = WIDE - family.headers;
    int most = NARROW - family.headers;
    assertThat(ask(here, "size")).isEqualTo(sizeOn(WIDE));
    assertThat(send(here, tooMuch)).isEqualTo("sent"); // as far as the router

    Eventually.holds(
        () -> "the size is corrected: " + here.lines(),
        () -> {
          send(here, most + 1); // with a listener's socket it is a datagram that is told
          return ask(here, "size").equals(sizeOn(NARROW));
        });

    assertThat(send(here, most + 1)).isEqualTo("refused\tTooLargeException");
    assertThat(send(here, most)).isEqualTo("sent");
    there.awaitLine("received", Integer.toString(most));
    assertThat(there.lines())
        .as("none is cut on its way")
        .doesNotContain("received\t" + tooMuch, "received\t" + (most + 1));
  }
}
