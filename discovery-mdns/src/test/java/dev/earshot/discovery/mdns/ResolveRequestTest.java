package dev.earshot.discovery.mdns;

import static dev.earshot.discovery.mdns.FakeLinks.ANY;
import static dev.earshot.discovery.mdns.FakeLinks.DEN;
import static dev.earshot.discovery.mdns.FakeLinks.HOST;
import static dev.earshot.discovery.mdns.FakeLinks.address;
import static dev.earshot.discovery.mdns.FakeLinks.pointer;
import static dev.earshot.discovery.mdns.FakeLinks.server;
import static dev.earshot.discovery.mdns.FakeLinks.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.discovery.mdns.DnsMessage.Question;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Looking up, and asking whether somebody is still there, without a network. */
class ResolveRequestTest {
  private final FakeLinks net = new FakeLinks();

  @Test
  void aServiceIsLookedUpStepByStep() throws Exception {
    net.resolve();
    assertThat(net.questions("eth0")).contains(new Question(DEN, DnsRecord.SRV, false));

    net.hear("eth0", server(4242));
    assertThat(net.questions("eth0")).contains(new Question(HOST, DnsRecord.A, false));
    net.hear("eth0", address("192.0.2.9"), address("fe80::9"));
    net.time.advance(Duration.ofMillis(200));

    assertThat(net.events.addresses()).hasSize(2);
    InetSocketAddress first = net.events.addresses().get(0);
    InetSocketAddress second = net.events.addresses().get(1);
    assertThat(first).isEqualTo(new InetSocketAddress(InetAddress.getByName("192.0.2.9"), 4242));
    assertThat(second.getAddress().getHostAddress()).as("with its scope").endsWith("%2");
  }

  @Test
  void whatIsKnownFromBrowsingIsAnsweredAtOnceOnceAllLinksKnow() {
    net.browse(ANY);
    net.hear("eth0", pointer(), text("a=1"), server(4242), address("192.0.2.9"));
    net.hear("wlan0", pointer(), text("a=1"), server(4242), address("198.51.100.9"));

    net.resolve();

    assertThat(net.events.addresses()).hasSize(2);
  }

  @Test
  void addressesThatCannotBeMeantAreLeftOut() {
    net.resolve();
    net.hear("eth0", server(4242), address("127.0.0.1"), address("0.0.0.0"), address("224.0.0.1"));
    net.time.advance(Duration.ofSeconds(6));

    assertThat(net.events.events()).singleElement().asString().contains("no address");
  }

  @Test
  void lookingUpFailsAfterFiveSeconds() {
    net.resolve();
    net.time.advance(Duration.ofMillis(4_900));
    assertThat(net.events.events()).isEmpty();

    net.time.advance(Duration.ofMillis(200));
    assertThat(net.events.events())
        .singleElement()
        .asString()
        .contains("Den._chat._tcp.local.")
        .contains("eth0")
        .contains("nobody answered within 5 s");
  }

  @Test
  void lookingUpWithoutALinkFailsAtOnce() {
    net.links.up("eth0", false).up("wlan0", false).up("lo", false);

    net.resolve();

    assertThat(net.events.events()).singleElement().asString().startsWith("failed").contains("Den");
  }

  @Test
  void whoDoesNotAnswerWhenAskedAgainIsGoneWithinAMomentAndAHalf() {
    net.browse(ANY);
    net.hear("eth0", pointer().withTimeToLive(4_500), text("a=1"), server(4242));
    net.time.advance(Duration.ofSeconds(10));

    net.reconfirm();
    net.time.advance(Duration.ofMillis(1_300));
    assertThat(net.events.find("Den")).isPresent();
    net.time.advance(Duration.ofMillis(200));
    assertThat(net.events.find("Den")).isEmpty();
  }

  @Test
  void whoAnswersWhenAskedAgainStays() {
    net.browse(ANY);
    net.hear("eth0", pointer().withTimeToLive(4_500), text("a=1"), server(4242));
    net.time.advance(Duration.ofSeconds(10));

    net.reconfirm();
    net.time.advance(Duration.ofMillis(1_100));
    net.hear("eth0", pointer().withTimeToLive(4_500));
    net.time.advance(Duration.ofSeconds(60));
    assertThat(net.events.find("Den")).isPresent();
  }

  @Test
  void anAddressThatFailedIsNotHandedOutAgainUnasked() {
    net.browse(ANY);
    net.hear("eth0", pointer(), text("a=1"), server(4242), address("192.0.2.9"));
    net.reconfirm();

    net.resolve();
    assertThat(net.events.addresses()).isEmpty();
    net.hear("eth0", server(4343), address("192.0.2.10"));
    net.time.advance(Duration.ofMillis(200));

    assertThat(net.events.addresses()).extracting(InetSocketAddress::getPort).containsExactly(4343);
  }
}
