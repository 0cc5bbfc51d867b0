package dev.earshot.discovery.mdns;

import static dev.earshot.discovery.mdns.FakeLinks.ANY;
import static dev.earshot.discovery.mdns.FakeLinks.ETH;
import static dev.earshot.discovery.mdns.FakeLinks.TYPE_NAME;
import static dev.earshot.discovery.mdns.FakeLinks.pointer;
import static dev.earshot.discovery.mdns.FakeLinks.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.LinkType;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.spi.LinkFilter;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Links that come, go and break, on engines without a network. */
class LinkRespondersTest {
  private final FakeLinks net = new FakeLinks();

  @Test
  void withoutALinkBrowsingWaitsAndGoesOnByItself() {
    net.links.up("eth0", false).up("wlan0", false);
    LinkFilter noLoopback = new LinkFilter(Optional.empty(), Set.of(LinkType.LOOPBACK));
    net.browse(noLoopback);
    assertThat(net.events.events()).singleElement().asString().startsWith("waiting").contains("lo");

    net.links.up("eth0", true);
    net.time.advance(Duration.ofSeconds(2));
    net.hear("eth0", pointer(), text("a=1"));
    assertThat(net.events.find("Den")).isPresent();

    net.links.up("eth0", false);
    net.time.advance(Duration.ofMillis(1_500));
    assertThat(net.events.find("Den")).as("its link is gone").isEmpty();
    assertThat(net.events.events().get(net.events.events().size() - 1)).startsWith("waiting");
    assertThat(net.workshop.on("eth0").isAbandoned()).isTrue();
  }

  @Test
  void everyEngineKnowsTheAddressesOfBothFamiliesAsTheyAre() {
    net.links.put(ETH, "192.0.2.7", "192.0.2.8", "fe80::7");
    net.browse(ANY);
    assertThat(net.workshop.on("eth0").hostAddresses())
        .extracting(a -> a.getHostAddress().split("%")[0])
        .containsExactly("192.0.2.7", "fe80:0:0:0:0:0:0:7");

    net.links.put(ETH, "192.0.2.9", "fe80::7");
    net.time.advance(Duration.ofSeconds(2));
    assertThat(net.workshop.engines().stream().filter(e -> !e.isAbandoned()))
        .filteredOn(e -> e.hostAddresses().size() == 2)
        .hasSize(2)
        .allSatisfy(
            e -> assertThat(e.hostAddresses().get(0).getHostAddress()).isEqualTo("192.0.2.9"));
  }

  @Test
  void aLinkThatCannotBeUsedDoesNotDisturbTheOthers() {
    net.workshop.breakLink("eth0");
    net.browse(ANY);
    net.hear("wlan0", pointer(), text("a=1"));
    assertThat(net.events.find("Den")).isPresent();

    net.workshop.mendLink("eth0");
    net.time.advance(Duration.ofSeconds(40));
    assertThat(net.questions("eth0")).contains(new Question(TYPE_NAME, DnsRecord.PTR, false));
  }

  @Test
  void whenNoLinkCanBeUsedTheReasonIsTold() {
    net.workshop.breakLink("eth0");
    net.workshop.breakLink("wlan0");
    net.browse(ANY);

    assertThat(net.events.events())
        .singleElement()
        .asString()
        .startsWith("waiting")
        .contains("eth0")
        .contains("broken, as the test wants it");
  }

  @Test
  void anEngineThatDiesIsReplacedAndResultsStay() {
    net.browse(ANY);
    net.hear("eth0", pointer().withTimeToLive(4_500), text("a=1"));
    FakeEngine first = net.workshop.on("eth0");

    net.inLoop(first::die);
    net.time.advance(Duration.ofSeconds(1));

    assertThat(net.workshop.on("eth0")).isNotSameAs(first);
    assertThat(net.questions("eth0")).contains(new Question(TYPE_NAME, DnsRecord.PTR, false));
    assertThat(net.events.find("Den")).isPresent();
  }

  @Test
  void whatNobodyNeedsAnyMoreIsClosedAfterAWhile() {
    BrowseRequest request = net.browse(ANY);
    net.inLoop(
        () -> {
          request.end();
          net.responders.remove(request);
        });
    net.time.advance(Duration.ofSeconds(9));
    assertThat(net.workshop.engines()).noneMatch(FakeEngine::isRetired);

    net.time.advance(Duration.ofSeconds(2));
    assertThat(net.workshop.engines()).hasSize(2).allMatch(FakeEngine::isRetired);
    assertThat(net.time.pendingTimers()).isZero();
  }

  @Test
  void theEndIsSaidOnAllLinks() {
    net.publish("Den");
    boolean[] done = {false};

    net.inLoop(() -> net.responders.retire(() -> done[0] = true));

    assertThat(done[0]).isTrue();
    assertThat(net.workshop.engines()).hasSize(2).allMatch(FakeEngine::isRetired);
  }
}
