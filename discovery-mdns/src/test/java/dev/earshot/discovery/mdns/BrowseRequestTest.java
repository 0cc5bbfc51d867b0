package dev.earshot.discovery.mdns;

import static dev.earshot.discovery.mdns.FakeLinks.ANY;
import static dev.earshot.discovery.mdns.FakeLinks.DEN;
import static dev.earshot.discovery.mdns.FakeLinks.ETH;
import static dev.earshot.discovery.mdns.FakeLinks.WIFI;
import static dev.earshot.discovery.mdns.FakeLinks.pointer;
import static dev.earshot.discovery.mdns.FakeLinks.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.TxtRecord;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Browsing, on engines without a network. */
class BrowseRequestTest {
  private final FakeLinks net = new FakeLinks();

  @Test
  void browsingBeginsWithWhatThereIsAndMergesLinks() throws Exception {
    net.browse(ANY);
    assertThat(net.events.events()).containsExactly("results []");

    net.hear("eth0", pointer(), text("a=1"));
    net.hear("wlan0", pointer(), text("a=1"));

    assertThat(net.events.find("Den").orElseThrow().links()).containsExactlyInAnyOrder(ETH, WIFI);
    assertThat(net.events.find("Den").orElseThrow().txtRecord().value("a")).contains("1");
  }

  @Test
  void aResultStaysAsLongAsOneLinkHasIt() {
    net.browse(ANY);
    net.hear("eth0", pointer(), text("a=1"));
    net.hear("wlan0", pointer(), text("a=1"));

    net.hear("eth0", pointer().withTimeToLive(0));
    net.time.advance(Duration.ofMillis(1_100));
    assertThat(net.events.find("Den").orElseThrow().links()).containsExactly(WIFI);

    net.hear("wlan0", pointer().withTimeToLive(0));
    net.time.advance(Duration.ofMillis(1_100));
    assertThat(net.events.find("Den")).isEmpty();
  }

  @Test
  void aResultWaitsForItsTxtRecordButNotForEver() {
    net.browse(ANY);
    net.hear("eth0", pointer());
    assertThat(net.events.find("Den")).isEmpty();
    assertThat(net.questions("eth0")).contains(new Question(DEN, DnsRecord.TXT, false));

    net.time.advance(Duration.ofSeconds(2));
    assertThat(net.events.find("Den").orElseThrow().txtRecord()).isEqualTo(TxtRecord.empty());

    net.hear("eth0", text("a=1"));
    assertThat(net.events.find("Den").orElseThrow().txtRecord().value("a")).contains("1");
  }

  @Test
  void theLastTxtRecordIsKeptWhenItRunsOut() {
    net.browse(ANY);
    DnsRecord brief = text("a=1").withTimeToLive(5);
    net.hear("eth0", pointer(), brief);
    net.time.advance(Duration.ofSeconds(10));

    assertThat(net.events.find("Den").orElseThrow().txtRecord().value("a")).contains("1");
  }

  @Test
  void queriesAreRepeatedWithLongerAndLongerPausesAndSayWhatIsKnown() {
    net.browse(ANY);
    net.time.advance(Duration.ofSeconds(40));
    long inFortySeconds = net.workshop.on("eth0").queries().size();
    assertThat(inFortySeconds).as("at 0, 1, 3, 7, 15 and 31 seconds").isEqualTo(6);

    net.hear("eth0", pointer().withTimeToLive(4_500), text("a=1"));
    net.time.advance(Duration.ofSeconds(30));
    DnsMessage last =
        net.workshop.on("eth0").queries().get(net.workshop.on("eth0").queries().size() - 1);
    assertThat(last.answers()).singleElement().matches(r -> r.sameAs(pointer()));
  }
}
