package dev.earshot.internal.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.testing.MemoryLinks;
import dev.earshot.testing.MemoryWire;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkTableTest {
  private static final NetworkLink WIRED = new NetworkLink("eth0", 2, LinkType.WIRED);
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 3, LinkType.WIFI);

  private final MemoryLinks links =
      MemoryLinks.loopbackOnly().put(WIFI, "10.1.0.1", "fe80::1").put(WIRED, "10.0.0.1");

  @Test
  void twoLooksAtTheSameLinksAreEqualInWhateverOrderTheyAreListed() {
    MemoryLinks other = new MemoryLinks().put(WIRED, "10.0.0.1").put(WIFI, "fe80::1", "10.1.0.1");
    other.put(MemoryWire.LOOPBACK, "127.0.0.1");
    assertThat(table()).isEqualTo(new LinkTable(other.links()));
  }

  @Test
  void aLinkThatIsDownIsNotThere() {
    assertThat(table().up("wlan0")).isPresent();
    links.up("wlan0", false);
    assertThat(table().up("wlan0")).isEmpty();
    assertThat(table().holding(MemoryWire.address("10.1.0.1"))).isEmpty();
  }

  @Test
  void anAddressBelongsToItsLinkAndAScopeMustBeThatLinks() throws UnknownHostException {
    assertThat(table().holding(MemoryWire.address("10.0.0.1")).map(LinkState::link))
        .contains(WIRED);
    byte[] local = MemoryWire.address("fe80::1").getAddress();
    assertThat(table().holding(Inet6Address.getByAddress(null, local, 3))).isPresent();
    assertThat(table().holding(Inet6Address.getByAddress(null, local, 2))).isEmpty();
  }

  @Test
  void everyAddressOf127IsLoopback() {
    assertThat(table().holding(MemoryWire.address("127.9.9.9")).map(LinkState::link))
        .contains(MemoryWire.LOOPBACK);
  }

  @Test
  void aPathLeavesByTheLinkThatItNamesOrElseByTheOneWithItsAddress() {
    Optional<InetSocketAddress> local =
        Optional.of(new InetSocketAddress(MemoryWire.address("10.1.0.1"), 50_000));
    NetworkPath unnamed =
        new NetworkPath(NetworkPath.Status.SATISFIED, Optional.empty(), local, Optional.empty());
    assertThat(table().linkOf(unnamed)).contains(WIFI);
    links.remove("wlan0");
    assertThat(table().linkOf(unnamed)).isEmpty();
    NetworkPath named =
        new NetworkPath(NetworkPath.Status.SATISFIED, Optional.of(WIRED), local, Optional.empty());
    assertThat(table().linkOf(named)).contains(WIRED);
  }

  @Test
  void aFilterPermitsByNameAndByKind() {
    LinkFilter noWifi = new LinkFilter(Optional.empty(), Set.of(LinkType.WIFI));
    assertThat(table().permitted(noWifi)).extracting(LinkState::link).doesNotContain(WIFI);
    LinkFilter wired = new LinkFilter(Optional.of(WIRED), Set.of());
    assertThat(table().permitted(wired)).extracting(LinkState::link).containsExactly(WIRED);
  }

  @Test
  void peerToPeerLinksAreLeftOutUnlessTheyAreIncludedOrOneIsRequired() {
    NetworkLink awdl = new NetworkLink("awdl0", 7, LinkType.WIFI);
    NetworkLink direct = new NetworkLink("p2p-wlan0-0", 8, LinkType.OTHER);
    LinkTable all = new LinkTable(new MemoryLinks().put(awdl).put(direct).put(WIFI).links());
    LinkFilter without = new LinkFilter(Optional.empty(), Set.of());
    assertThat(all.permitted(without)).extracting(LinkState::link).containsExactly(WIFI);
    LinkFilter with = new LinkFilter(Optional.empty(), Set.of(), true);
    assertThat(all.permitted(with)).extracting(LinkState::link).contains(awdl, direct, WIFI);
    LinkFilter only = new LinkFilter(Optional.of(awdl), Set.of());
    assertThat(all.permitted(only)).extracting(LinkState::link).containsExactly(awdl);
  }

  private LinkTable table() {
    return new LinkTable(links.links());
  }
}
