package dev.earshot.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.UnresolvedException;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryDiscoveryTest {
  private static final ServiceType TYPE = ServiceType.tcp("echo");
  private static final LinkFilter ANY = new LinkFilter(Optional.empty(), Set.of());
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 7, LinkType.WIFI);

  private final VirtualTime time = new VirtualTime();
  private final MemoryAir air = new MemoryAir(time.loop("air"));
  private final MemoryLinks linksOfAda = MemoryLinks.of("10.0.0.1");
  private final MemoryLinks linksOfBob = MemoryLinks.of("10.0.0.2");
  private final MemoryDiscovery ada = air.discovery();
  private final MemoryDiscovery bob = air.discovery();
  private final Events adaEvents = new Events();
  private final Events bobEvents = new Events();

  MemoryDiscoveryTest() {
    ada.open(linksOfAda);
    bob.open(linksOfBob);
  }

  @Test
  void whatOneAdvertisesTheOtherHearsResolvesAndSeesGo() {
    bob.browse(TYPE, true, ANY, bobEvents);
    pass();
    Service den = Service.of("Den", TYPE).withTxtRecord(TxtRecord.of(Map.of("a", "b")));
    Discovery.Advertisement advertisement = ada.advertise(den, 4242, ANY, adaEvents);
    pass();
    assertThat(adaEvents.log).containsExactly("registered Den");
    bob.resolve(Endpoint.bonjour("den", TYPE), ANY, bobEvents);
    pass();
    advertisement.cancel();
    pass();
    assertThat(bobEvents.log)
        .containsExactly("[]", "[Den b on [mem0]]", "resolved [/10.0.0.1:4242]", "[]");
  }

  @Test
  void aNameThatIsTakenGetsANumberAndAnUpdateReachesThoseWhoBrowse() {
    Discovery.Advertisement first = ada.advertise(Service.of("Den", TYPE), 1, ANY, adaEvents);
    pass();
    Discovery.Advertisement second = bob.advertise(Service.of("DEN", TYPE), 2, ANY, bobEvents);
    pass();
    second.update(Service.of("Attic", TYPE));
    pass();
    ada.loseName("Den", "Den (3)");
    pass();
    assertThat(bobEvents.log)
        .containsExactly("registered DEN (2)", "unregistered DEN (2)", "registered Attic");
    assertThat(adaEvents.log)
        .containsExactly("registered Den", "unregistered Den", "registered Den (3)");
    first.cancel();
    second.cancel();
    pass();
    assertThat(air.advertised()).isEmpty();
  }

  @Test
  void onlyLinksInCommonCarryAndOnlyPermittedOnes() {
    linksOfAda.put(WIFI, "10.1.0.1");
    linksOfBob.put(WIFI, "10.1.0.2");
    ada.advertise(
        Service.of("Den", TYPE), 1, new LinkFilter(Optional.of(WIFI), Set.of()), adaEvents);
    bob.browse(TYPE, false, ANY, bobEvents);
    pass();
    linksOfBob.up("wlan0", false);
    pass();
    assertThat(bobEvents.log).containsExactly("[Den on [wlan0]]", "[]");
  }

  @Test
  void withoutALinkItWaitsAndGoesOnByItself() {
    linksOfBob.remove("mem0").remove("lo");
    bob.browse(TYPE, false, ANY, bobEvents);
    pass();
    linksOfBob.put(MemoryWire.LINK, "10.0.0.2");
    pass();
    assertThat(bobEvents.log).containsExactly("waiting", "[]");
  }

  @Test
  void oneWhoVanishedIsHeardUntilSomebodyDoubtsIt() {
    bob.browse(TYPE, false, ANY, bobEvents);
    ada.advertise(Service.of("Den", TYPE), 1, ANY, adaEvents);
    pass();
    ada.vanish();
    time.advance(Duration.ofMinutes(10));
    assertThat(bobEvents.log).containsExactly("[]", "[Den on [mem0]]");
    bob.reconfirm(Endpoint.bonjour("Den", TYPE));
    pass();
    assertThat(bobEvents.log).endsWith("[]");
  }

  @Test
  void aNameThatNobodyAnswersForFailsAfterFiveSeconds() {
    bob.resolve(Endpoint.bonjour("Nobody", TYPE), ANY, bobEvents);
    time.advance(Duration.ofMillis(4_999));
    assertThat(bobEvents.log).isEmpty();
    time.advance(Duration.ofMillis(2));
    assertThat(bobEvents.log).containsExactly("failed UnresolvedException");
    assertThat(bobEvents.failure).containsInstanceOf(UnresolvedException.class);
  }

  private void pass() {
    time.advance(Duration.ofSeconds(1));
  }

  private static final class Events
      implements Discovery.AdvertiseEvents, Discovery.BrowseEvents, Discovery.ResolveEvents {
    private final List<String> log = new ArrayList<>();
    private Optional<NetworkException> failure = Optional.empty();

    @Override
    public void registered(Endpoint.Bonjour endpoint) {
      log.add("registered " + endpoint.name());
    }

    @Override
    public void unregistered(Endpoint.Bonjour endpoint) {
      log.add("unregistered " + endpoint.name());
    }

    @Override
    public void results(Set<Browser.Result> results) {
      log.add(results.stream().map(Events::text).toList().toString());
    }

    private static String text(Browser.Result result) {
      return result.endpoint().name()
          + result.txtRecord().value("a").map(value -> " " + value).orElse("")
          + " on "
          + result.links();
    }

    @Override
    public void waiting(NetworkException reason) {
      log.add("waiting");
    }

    @Override
    public void resolved(List<InetSocketAddress> addresses) {
      log.add("resolved " + addresses);
    }

    @Override
    public void failed(NetworkException cause) {
      failure = Optional.of(cause);
      log.add("failed " + cause.getClass().getSimpleName());
    }
  }
}
