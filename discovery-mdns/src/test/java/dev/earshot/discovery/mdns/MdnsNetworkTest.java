package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("network")
@Timeout(120)
class MdnsNetworkTest {
  private static final ServiceType TYPE = ServiceType.tcp("earshot-test");

  private final LinkFilter loopback = TestLinks.loopback();
  private final String name = "Den " + UUID.randomUUID();
  private final Discovery here = new MdnsProvider().open(TestLinks.ofThisComputer());
  private final Discovery there = new MdnsProvider().open(TestLinks.ofThisComputer());

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  @Test
  void whatIsAdvertisedIsFoundWithItsTxtRecord() throws Exception {
    TxtRecord txt = TxtRecord.of(Map.of("peerID", "1234", "empty", ""));
    Recorded browsed = browse();
    Recorded advertised = advertise(here, name, txt);

    advertised.awaitEvent("registered " + name);
    browsed.awaitFound(name);
    Browser.Result result = browsed.find(name).orElseThrow();
    assertThat(result.txtRecord()).isEqualTo(txt);
    assertThat(result.links()).containsExactly(loopback.required().orElseThrow());
  }

  @Test
  void aServiceIsResolvedToAddressAndPort() throws Exception {
    advertise(here, name, TxtRecord.empty()).awaitEvent("registered");

    Recorded resolved = new Recorded();
    there.resolve(Endpoint.bonjour(name, TYPE), loopback, resolved);
    resolved.awaitEvent("resolved");

    assertThat(resolved.addresses())
        .containsExactly(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 4242));
  }

  @Test
  void aChangedTxtRecordIsSeen() throws Exception {
    Recorded browsed = browse();
    Recorded advertised = new Recorded();
    Discovery.Advertisement advertisement =
        here.advertise(Service.of(name, TYPE), 4242, loopback, advertised);
    browsed.awaitFound(name);

    TxtRecord changed = TxtRecord.of(Map.of("mood", "better"));
    advertisement.update(Service.of(name, TYPE).withTxtRecord(changed));

    browsed.await(
        "the new TXT record",
        () -> browsed.find(name).filter(r -> r.txtRecord().equals(changed)).isPresent());
    assertThat(browsed.events().subList(1, browsed.events().size())).doesNotContain("results []");
  }

  @Test
  void aWithdrawnServiceGoes() throws Exception {
    Recorded browsed = browse();
    Discovery.Advertisement advertisement =
        here.advertise(Service.of(name, TYPE), 4242, loopback, new Recorded());
    browsed.awaitFound(name);

    advertisement.cancel();

    browsed.awaitGone(name);
  }

  @Test
  void closingWithdraws() throws Exception {
    Recorded browsed = browse();
    advertise(here, name, TxtRecord.empty());
    browsed.awaitFound(name);

    here.close();

    browsed.awaitGone(name);
  }

  @Test
  void theSecondOfTheSameNameIsNumbered() throws Exception {
    advertise(here, name, TxtRecord.empty()).awaitEvent("registered " + name);

    Recorded second = advertise(there, name, TxtRecord.empty());

    second.awaitEvent("registered " + name + " (2)");
  }

  private Recorded browse() {
    Recorded browsed = new Recorded();
    there.browse(TYPE, true, loopback, browsed);
    return browsed;
  }

  private Recorded advertise(Discovery discovery, String as, TxtRecord txt) {
    Recorded events = new Recorded();
    discovery.advertise(Service.of(as, TYPE).withTxtRecord(txt), 4242, loopback, events);
    return events;
  }
}
