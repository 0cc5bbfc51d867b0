package dev.earshot.discovery.mdns;

import static dev.earshot.discovery.mdns.FakeLinks.ETH;
import static dev.earshot.discovery.mdns.FakeLinks.TYPE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Service;
import dev.earshot.TxtRecord;
import dev.earshot.discovery.mdns.FakeEngine.FakePublished;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Publishing, on engines without a network. */
class PublicationTest {
  private final FakeLinks net = new FakeLinks();

  @Test
  void aServiceIsRegisteredOnceOnAllLinks() {
    net.publish("Den");
    net.published("eth0").announce();
    net.published("wlan0").announce();

    assertThat(net.events.events()).containsExactly("registered Den");
  }

  @Test
  void aConflictOnOneLinkRenamesOnAll() {
    net.publish("Den");
    net.published("wlan0").announce();
    FakePublished before = net.published("wlan0");

    net.inLoop(() -> net.published("eth0").conflict());

    assertThat(before.isWithdrawn()).isTrue();
    assertThat(net.published("wlan0").name()).isEqualTo("Den (2)");
    net.published("eth0").announce();
    assertThat(net.events.events())
        .containsExactly("registered Den", "unregistered Den", "registered Den (2)");
  }

  @Test
  void twoOfOurOwnDoNotMeetUnderOneName() {
    net.publish("Den");
    net.publish("DEN");

    assertThat(net.workshop.on("eth0").published())
        .extracting(FakePublished::name)
        .containsExactly("Den", "DEN (2)");
  }

  @Test
  void aChangedTxtRecordIsPublishedEverywhereAndTheNameStays() {
    Publication publication = net.publish("Den");
    TxtRecord better = TxtRecord.of(Map.of("mood", "better"));
    net.published("eth0").announce();

    net.inLoop(() -> publication.update(Service.of("Den", TYPE).withTxtRecord(better)));

    assertThat(net.published("eth0").txtRecord()).isEqualTo(better);
    assertThat(net.published("wlan0").txtRecord()).isEqualTo(better);
    assertThat(net.events.events()).containsExactly("registered Den");
  }

  @Test
  void aNewNameIsANewRegistration() {
    Publication publication = net.publish("Den");
    net.published("eth0").announce();

    net.inLoop(() -> publication.update(Service.of("Loft", TYPE)));
    net.published("eth0").announce();

    assertThat(net.published("eth0").name()).isEqualTo("Loft");
    assertThat(net.events.events())
        .containsExactly("registered Den", "unregistered Den", "registered Loft");
  }

  @Test
  void aServiceIsPublishedAgainOnALinkThatComesBackWithAnotherAddress() {
    net.publish("Den");
    net.published("eth0").announce();
    net.links.up("wlan0", false);

    net.links.put(ETH, "192.0.2.99");
    net.time.advance(Duration.ofSeconds(2));

    net.published("eth0").announce();
    assertThat(net.workshop.engines()).hasSize(3);
    assertThat(net.events.events()).endsWith("registered Den");
  }

  @Test
  void aServiceIsPublishedAgainOnAnEngineThatReplacesADeadOne() {
    net.publish("Den");
    net.inLoop(net.workshop.on("eth0")::die);
    net.time.advance(Duration.ofSeconds(1));

    assertThat(net.workshop.engines()).hasSize(3);
    assertThat(net.published("eth0").name()).isEqualTo("Den");
  }
}
