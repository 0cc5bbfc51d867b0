package dev.earshot.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.UnreachableException;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.testing.MemoryLinks;
import dev.earshot.testing.MemoryWire;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class BindAddressesTest {
  private static final NetworkLink WIRED = new NetworkLink("eth0", 2, LinkType.WIRED);
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 3, LinkType.WIFI);

  private final MemoryLinks links =
      MemoryLinks.loopbackOnly().put(WIRED, "10.0.0.1", "fe80::1").put(WIFI, "10.1.0.1");

  @Test
  void byDefaultItIsEveryAddressWhateverTheLinksAre() throws UnreachableException {
    BindAddresses choice = new BindAddresses(Parameters.tcp().localPort(80).build());
    assertThat(choice.needLinks()).isFalse();
    assertThat(choice.on(new LinkTable(List.of()), 80)).containsExactly(new InetSocketAddress(80));
    assertThat(choice).hasToString("port 80");
  }

  @Test
  void aProhibitedKindNeedsTheLinksOnlyToJudgeWhoComesIn() throws UnreachableException {
    BindAddresses choice = new BindAddresses(Parameters.tcp().prohibitLinks(LinkType.WIFI).build());
    assertThat(choice.needLinks()).isTrue();
    assertThat(choice.areChosen()).isFalse();
    assertThat(choice.on(table(), 0)).containsExactly(new InetSocketAddress(0));
    assertThat(choice.permits(WIFI)).isFalse();
    assertThat(choice.permits(WIRED)).isTrue();
  }

  @Test
  void aRequiredLinkGivesAllItsAddresses() throws UnreachableException {
    BindAddresses choice = new BindAddresses(Parameters.tcp().requireLink(WIRED).build());
    assertThat(choice.on(table(), 9))
        .containsExactlyInAnyOrder(at("10.0.0.1", 9), at("fe80::1", 9));
    links.remove("eth0");
    assertMissing(choice, "link eth0 is not up", "lo", "wlan0");
    links.put(WIRED);
    assertMissing(choice, "link eth0 has no address");
  }

  @Test
  void aLocalAddressMustBeThere() throws UnreachableException {
    BindAddresses choice =
        new BindAddresses(Parameters.tcp().localAddress(MemoryWire.address("10.1.0.1")).build());
    assertThat(choice.on(table(), 9)).containsExactly(at("10.1.0.1", 9));
    links.up("wlan0", false);
    assertMissing(choice, "10.1.0.1", "no link that is up has the address");
  }

  @Test
  void aLocalAddressThatMeansEveryAddressIsNotLookedFor() throws UnreachableException {
    BindAddresses choice =
        new BindAddresses(Parameters.tcp().localAddress(MemoryWire.address("0.0.0.0")).build());
    assertThat(choice.needLinks()).isFalse();
    assertThat(choice.on(new LinkTable(List.of()), 9)).containsExactly(at("0.0.0.0", 9));
  }

  @Test
  void everyLoopbackAddressIsThere() throws UnreachableException {
    BindAddresses choice =
        new BindAddresses(Parameters.tcp().localAddress(MemoryWire.address("127.0.0.53")).build());
    assertThat(choice.on(table(), 9)).containsExactly(at("127.0.0.53", 9));
  }

  @Test
  void aLocalAddressMustBelongToTheRequiredLink() throws UnreachableException {
    Parameters.Builder wired = Parameters.tcp().requireLink(WIRED);
    assertThat(
            new BindAddresses(wired.localAddress(MemoryWire.address("10.0.0.1")).build())
                .on(table(), 9))
        .containsExactly(at("10.0.0.1", 9));
    assertMissing(
        new BindAddresses(wired.localAddress(MemoryWire.address("10.1.0.1")).build()),
        "link eth0 does not have the address");
  }

  @Test
  void aRequiredLinkOfAProhibitedKindIsNeverThere() {
    NetworkLink mistaken = new NetworkLink(WIFI.name(), WIFI.index(), LinkType.OTHER);
    assertMissing(
        new BindAddresses(
            Parameters.tcp().requireLink(mistaken).prohibitLinks(LinkType.WIFI).build()),
        "link wlan0 is required, but its kind is prohibited");
    assertMissing(
        new BindAddresses(
            Parameters.tcp()
                .localAddress(MemoryWire.address("10.1.0.1"))
                .prohibitLinks(LinkType.WIFI)
                .build()),
        "link wlan0 has the address, but its kind is prohibited");
  }

  @Test
  void whatIsBoundToOneAddressIsAdvertisedOnItsLinkOnly() {
    assertThat(new BindAddresses(Parameters.tcp().build()).reachableOn(table()).required())
        .isEmpty();
    BindAddresses one =
        new BindAddresses(Parameters.tcp().localAddress(MemoryWire.address("10.1.0.1")).build());
    assertThat(one.reachableOn(table()).required()).contains(WIFI);
    BindAddresses loopback =
        new BindAddresses(Parameters.tcp().localAddress(MemoryWire.address("127.0.0.1")).build());
    assertThat(loopback.reachableOn(table()).required()).contains(MemoryWire.LOOPBACK);
  }

  private void assertMissing(BindAddresses choice, String... words) {
    assertThatThrownBy(() -> choice.on(table(), 0))
        .isInstanceOf(UnreachableException.class)
        .hasMessageStartingWith("listening on ")
        .hasMessageContainingAll(words);
  }

  private LinkTable table() {
    return new LinkTable(links.links());
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(MemoryWire.address(address), port);
  }
}
