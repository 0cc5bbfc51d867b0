package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.NetworkNamespace;
import dev.earshot.testing.PeerProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two computers and a cable between them, made here; the cable and the addresses change. */
@Tag("network")
@Timeout(120)
class LinkChangeNetworkTest {
  private static final String TYPE = "_earshot-test._tcp";
  private static final String LINK = "cable0";

  private static final Predicate<String> ANSWER =
      line -> line.startsWith("resolved\tDen\t") || line.startsWith("failed\t");

  private final List<AutoCloseable> open = new ArrayList<>();
  private NetworkNamespace left;
  private NetworkNamespace right;
  private PeerProcess browser;
  private PeerProcess advertiser;

  @BeforeEach
  void setUp() throws Exception {
    NetworkNamespace.require();
    left = keep(NetworkNamespace.open("left"));
    right = keep(NetworkNamespace.open("right"));
    left.connect(LINK, right);
    left.ip("link", "set", LINK, "up");
    right.ip("link", "set", LINK, "up");
    browser = keep(left.start(MdnsPeer.command(TYPE, LINK)));
    advertiser = keep(right.start(MdnsPeer.command(TYPE, LINK)));
    browser.awaitLine("ready");
    advertiser.awaitLine("ready");
  }

  private <T extends AutoCloseable> T keep(T closeable) {
    open.add(0, closeable);
    return closeable;
  }

  @AfterEach
  void tearDown() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  @Test
  void withoutIpv4TheLinkLocalAddressesDo() throws Exception {
    browser.send("browse");
    advertiser.send("advertise", "Den", "4321");

    browser.awaitLine("added", "Den");
    browser.send("resolve", "Den");
    assertThat(resolved("Den")).startsWith("resolved\tDen\tfe80:").contains("%");
  }

  @Test
  void whenTheCableIsPulledItsResultsGoAndWhenItIsBackTheyComeBack() throws Exception {
    addresses();
    browser.send("browse");
    advertiser.send("advertise", "Den", "4321");
    browser.awaitLine("added", "Den");

    Instant pulled = Instant.now();
    left.ip("link", "set", LINK, "down");
    browser.awaitLine("removed", "Den");
    // Three seconds, and time for a busy computer; by itself it would go after two minutes.
    assertThat(Duration.between(pulled, Instant.now())).isLessThan(Duration.ofSeconds(10));
    browser.awaitLine("waiting", line -> line.startsWith("waiting\t"));

    left.ip("link", "set", LINK, "up");
    browser.awaitLines(2, "added Den", "added\tDen"::equals);
  }

  @Test
  void aServiceIsFoundUnderTheNewAddressOfItsComputer() throws Exception {
    addresses();
    browser.send("browse");
    advertiser.send("advertise", "Den", "4321");
    browser.awaitLine("added", "Den");
    browser.send("resolve", "Den");
    assertThat(resolved("Den")).contains("10.78.0.2 4321");

    right.ip("addr", "del", "10.78.0.2/24", "dev", LINK);
    right.ip("addr", "add", "10.78.0.3/24", "dev", LINK);

    String resolved;
    int asked = 1;
    do {
      browser.send("reconfirm", "Den");
      browser.send("resolve", "Den");
      resolved = browser.awaitLines(++asked, "an answer about Den", ANSWER);
    } while (!resolved.contains("10.78.0.3 4321"));
    assertThat(browser.lines()).doesNotContain("removed\tDen");
  }

  private void addresses() throws Exception {
    left.ip("addr", "add", "10.78.0.1/24", "dev", LINK);
    right.ip("addr", "add", "10.78.0.2/24", "dev", LINK);
  }

  private String resolved(String name) throws InterruptedException {
    return browser.awaitLine(
        "resolved " + name, line -> line.startsWith("resolved\t" + name + "\t"));
  }
}
