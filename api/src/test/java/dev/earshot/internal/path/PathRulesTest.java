package dev.earshot.internal.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import dev.earshot.spi.LinkFilter;
import dev.earshot.testing.MemoryLinks;
import dev.earshot.testing.MemoryWire;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PathRulesTest {
  private static final NetworkLink WIRED = new NetworkLink("eth0", 2, LinkType.WIRED);
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 3, LinkType.WIFI);
  private static final NetworkLink TUNNEL = new NetworkLink("tun0", 4, LinkType.OTHER);
  private static final LinkFilter ANY = new LinkFilter(Optional.empty(), Set.of());

  private final MemoryLinks links = MemoryLinks.loopbackOnly().put(WIFI, "10.1.0.1");
  private final NetworkPath overWifi = path("10.1.0.1");

  @Test
  void aPathIsViableWhileItsLinkIsUpAndHasItsAddress() {
    assertThat(PathRules.isViable(overWifi, table())).isTrue();
    links.put(WIFI, "10.1.0.99");
    assertThat(PathRules.isViable(overWifi, table())).isFalse();
    links.put(WIFI, "10.1.0.1");
    assertThat(PathRules.isViable(overWifi, table())).isTrue();
    links.up("wlan0", false);
    assertThat(PathRules.isViable(overWifi, table())).isFalse();
  }

  @Test
  void aPathWithoutALocalAddressIsViableWhileItsLinkIsUp() {
    NetworkPath named =
        new NetworkPath(
            NetworkPath.Status.SATISFIED, Optional.of(WIFI), Optional.empty(), Optional.empty());
    assertThat(PathRules.isViable(named, table())).isTrue();
    links.remove("wlan0");
    assertThat(PathRules.isViable(named, table())).isFalse();
  }

  @Test
  void aCableIsBetterThanWifiAndWifiIsNotBetterThanACable() {
    assertThat(PathRules.isBetterAvailable(overWifi, table(), ANY)).isFalse();
    links.put(WIRED, "10.0.0.1");
    assertThat(PathRules.isBetterAvailable(overWifi, table(), ANY)).isTrue();
    assertThat(PathRules.isBetterAvailable(path("10.0.0.1"), table(), ANY)).isFalse();
  }

  @Test
  void aLinkWithoutAnAddressOrThatMayNotBeUsedIsNoBetterPath() {
    links.put(WIRED);
    assertThat(PathRules.isBetterAvailable(overWifi, table(), ANY)).isFalse();
    links.put(WIRED, "10.0.0.1");
    LinkFilter noCable = new LinkFilter(Optional.empty(), Set.of(LinkType.WIRED));
    assertThat(PathRules.isBetterAvailable(overWifi, table(), noCable)).isFalse();
    LinkFilter onlyWifi = new LinkFilter(Optional.of(WIFI), Set.of());
    assertThat(PathRules.isBetterAvailable(overWifi, table(), onlyWifi)).isFalse();
  }

  @Test
  void whateverIsUpIsBetterThanALinkThatIsGoneButNotLoopback() {
    NetworkPath named =
        new NetworkPath(
            NetworkPath.Status.SATISFIED,
            Optional.of(WIFI),
            overWifi.localEndpoint(),
            overWifi.remoteEndpoint());
    links.remove("wlan0");
    assertThat(PathRules.isBetterAvailable(named, table(), ANY)).isFalse();
    links.put(TUNNEL, "10.8.0.1");
    assertThat(PathRules.isBetterAvailable(named, table(), ANY)).isTrue();
  }

  @Test
  void whetherATunnelIsBetterCannotBeTold() {
    links.put(TUNNEL, "10.8.0.1").put(WIRED, "10.0.0.1");
    assertThat(PathRules.isBetterAvailable(path("10.8.0.1"), table(), ANY)).isFalse();
    links.remove("eth0");
    assertThat(PathRules.isBetterAvailable(overWifi, table(), ANY)).isFalse();
  }

  @Test
  void nothingIsBetterThanLoopback() {
    links.put(WIRED, "10.0.0.1");
    assertThat(PathRules.isBetterAvailable(path("127.0.0.1"), table(), ANY)).isFalse();
  }

  private LinkTable table() {
    return new LinkTable(links.links());
  }

  private static NetworkPath path(String local) {
    return new NetworkPath(
        NetworkPath.Status.SATISFIED,
        Optional.empty(),
        Optional.of(new InetSocketAddress(MemoryWire.address(local), 50_000)),
        Optional.of(new InetSocketAddress(MemoryWire.address("10.9.9.9"), 80)));
  }
}
