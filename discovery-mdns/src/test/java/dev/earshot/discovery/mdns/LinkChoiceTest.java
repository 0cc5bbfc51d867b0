package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkChoiceTest {
  private static final LinkFilter ANY = new LinkFilter(Optional.empty(), Set.of());

  private final LinkState lo = state("lo", 1, LinkType.LOOPBACK, "127.0.0.1", "::1");
  private final LinkState eth =
      state("eth0", 2, LinkType.WIRED, "192.0.2.7", "192.0.2.8", "2001:db8::7", "fe80::7%2");
  private final LinkState wifi = state("wlan0", 3, LinkType.WIFI, "198.51.100.7");
  private final LinkState tunnel =
      new LinkState(
          new NetworkLink("tun0", 4, LinkType.OTHER),
          List.of(address("10.8.0.2")),
          true,
          true,
          true);

  @Test
  void oneAddressOfEachFamilyIsUsedOnEveryOrdinaryLink() {
    assertThat(LinkChoice.of(List.of(lo, eth, wifi, tunnel), ANY))
        .extracting(a -> a.link().name() + " " + a.address().getHostAddress().split("%")[0])
        .containsExactly("eth0 192.0.2.7", "eth0 fe80:0:0:0:0:0:0:7", "wlan0 198.51.100.7");
  }

  @Test
  void loopbackIsUsedWhenItIsTheOnlyLinkThatIsUp() {
    LinkState down = new LinkState(eth.link(), eth.addresses(), false, true, false);

    assertThat(LinkChoice.of(List.of(lo, down), ANY))
        .containsExactly(new LinkAddress(lo.link(), address("127.0.0.1")));
    assertThat(LinkChoice.of(List.of(lo, tunnel), ANY)).isEmpty();
  }

  @Test
  void aRequiredLinkIsUsedWhateverItIs() {
    for (LinkState required : List.of(lo, tunnel, wifi)) {
      LinkFilter filter = new LinkFilter(Optional.of(required.link()), Set.of());

      assertThat(LinkChoice.of(List.of(lo, eth, wifi, tunnel), filter))
          .extracting(LinkAddress::link)
          .containsExactly(required.link());
    }
  }

  @Test
  void prohibitedKindsAreLeftOut() {
    LinkFilter filter = new LinkFilter(Optional.empty(), Set.of(LinkType.WIRED));

    assertThat(LinkChoice.of(List.of(lo, eth, wifi), filter))
        .extracting(LinkAddress::link)
        .containsExactly(wifi.link());
  }

  @Test
  void aLinkThatCannotMulticastIsLeftOut() {
    LinkState dumb = new LinkState(eth.link(), eth.addresses(), true, false, false);

    assertThat(LinkChoice.of(List.of(lo, dumb, wifi), ANY))
        .extracting(LinkAddress::link)
        .containsExactly(wifi.link());
  }

  @Test
  void aSelfGivenAddressIsTakenOnlyForWantOfABetterOne() {
    LinkState both = state("eth0", 2, LinkType.WIRED, "169.254.1.2", "192.0.2.7");
    LinkState alone = state("eth1", 3, LinkType.WIRED, "169.254.1.3");

    assertThat(LinkChoice.of(List.of(both, alone), ANY))
        .extracting(LinkAddress::address)
        .containsExactly(address("192.0.2.7"), address("169.254.1.3"));
  }

  @Test
  void aMachineFullOfLinksUsesABoundedNumber() {
    List<LinkState> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(state("veth" + i, 10 + i, LinkType.OTHER, "10.0." + i + ".1"));
    }

    assertThat(LinkChoice.of(many, ANY)).hasSize(32);
  }

  private static LinkState state(String name, int index, LinkType type, String... addresses) {
    List<InetAddress> parsed = new ArrayList<>();
    for (String address : addresses) {
      parsed.add(address(address));
    }
    return new LinkState(new NetworkLink(name, index, type), parsed, true, true, false);
  }

  private static InetAddress address(String numeric) {
    try {
      return InetAddress.getByName(numeric);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(numeric, e);
    }
  }
}
