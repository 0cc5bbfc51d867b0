package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection.State;
import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.UnreachableException;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.testing.MemoryWire;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which links a connection calls better than its own, and which it uses at all. */
class BetterLinkTest {
  private static final String FIRST = "10.0.0.11";
  private static final Duration SHORT = Duration.ofMillis(100);

  private final Neighbours neighbours = new Neighbours();
  private final Parameters.Builder parameters =
      Parameters.tcp().localAddress(MemoryWire.address(FIRST));

  /** A connection that leaves by {@code link}, the only one there is. */
  private LiveConnection on(NetworkLink link) {
    neighbours.hereTransport.addLink(link, FIRST);
    neighbours.here.links(up(link, FIRST));
    return neighbours.connected(parameters.build());
  }

  private List<Boolean> toldWhenThereIs(LinkState later) {
    LiveConnection connection = on(new NetworkLink("first0", 3, LinkType.WIFI));
    return toldBy(connection, later);
  }

  private List<Boolean> toldBy(LiveConnection connection, LinkState later) {
    LinkState first = neighbours.here.links().states().get(0);
    connection.linksChanged(List.of(first, later));
    neighbours.passing(SHORT);
    return neighbours.handler.betterPaths();
  }

  @ParameterizedTest
  @CsvSource({
    "WIFI, WIRED, true",
    "OTHER, WIRED, true",
    "OTHER, WIFI, true",
    "CELLULAR, WIRED, true",
    "CELLULAR, WIFI, true",
    "CELLULAR, OTHER, true",
    "WIRED, WIRED, false",
    "WIRED, WIFI, false",
    "WIFI, OTHER, false",
    "OTHER, CELLULAR, false",
    "WIFI, CELLULAR, false",
    "WIFI, LOOPBACK, false",
    "CELLULAR, LOOPBACK, false"
  })
  void wiredIsBetterThanWifiThatThanOthersAndThatThanCellular(
      LinkType own, LinkType later, boolean better) {
    LiveConnection connection = on(new NetworkLink("first0", 3, own));
    LinkState came = up(new NetworkLink("later0", 4, later), "10.0.0.12");
    assertThat(toldBy(connection, came)).isEqualTo(better ? List.of(true) : List.of());
  }

  @Test
  void aKindThatIsProhibitedIsNotBetter() {
    parameters.prohibitLinks(LinkType.WIRED);
    assertThat(toldWhenThereIs(wired("10.0.0.12"))).isEmpty();
  }

  @Test
  void nothingIsBetterThanTheLinkThatIsRequired() {
    NetworkLink wifi = new NetworkLink("first0", 3, LinkType.WIFI);
    parameters.requireLink(wifi);
    assertThat(toldBy(on(wifi), wired("10.0.0.12"))).isEmpty();
  }

  @Test
  void aLinkWithoutAnAddressOfTheSameFamilyIsNotBetter() {
    assertThat(toldWhenThereIs(wired("2001:db8::12"))).isEmpty();
  }

  @Test
  void aTunnelIsNotBetter() {
    LinkState cable = wired("10.0.0.12");
    assertThat(toldWhenThereIs(new LinkState(cable.link(), cable.addresses(), true, true, true)))
        .isEmpty();
  }

  @Test
  void aPeerToPeerLinkIsBetterOnlyIfTheyAreIncluded() {
    LinkState direct = up(new NetworkLink("p2p-wlan0-0", 4, LinkType.WIRED), "10.0.0.12");
    assertThat(toldWhenThereIs(direct)).isEmpty();
  }

  @Test
  void aPeerToPeerLinkThatIsIncludedMayBeBetter() {
    parameters.includePeerToPeer();
    LinkState direct = up(new NetworkLink("p2p-wlan0-0", 4, LinkType.WIRED), "10.0.0.12");
    assertThat(toldWhenThereIs(direct)).containsExactly(true);
  }

  @Test
  void noConnectionLeavesByAPeerToPeerLinkUnlessTheyAreIncludedOrItIsRequired() {
    NetworkLink direct = new NetworkLink("awdl0", 3, LinkType.WIFI);
    neighbours.hereTransport.addLink(direct, FIRST);
    neighbours.here.links(up(direct, FIRST));
    neighbours.listen(parameters.build());
    LiveConnection excluded = neighbours.start(neighbours.connection(parameters.build()));
    neighbours.passing(SHORT);
    assertThat(((State.Waiting) excluded.state()).reason())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("awdl0");
    LiveConnection included = neighbours.connection(parameters.includePeerToPeer().build());
    LiveConnection required = neighbours.connection(Parameters.tcp().requireLink(direct).build());
    included.start();
    required.start();
    neighbours.passing(SHORT);
    assertThat(included.state()).isEqualTo(new State.Ready());
    assertThat(required.state()).isEqualTo(new State.Ready());
  }

  private static LinkState wired(String numeric) {
    return up(new NetworkLink("later0", 4, LinkType.WIRED), numeric);
  }

  private static LinkState up(NetworkLink link, String... numeric) {
    return new LinkState(
        link, Arrays.stream(numeric).map(MemoryWire::address).toList(), true, true, false);
  }
}
