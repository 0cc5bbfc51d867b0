package dev.earshot.internal.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.UnresolvedException;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import dev.earshot.testing.MemoryAir;
import dev.earshot.testing.MemoryDiscovery;
import dev.earshot.testing.MemoryLinks;
import dev.earshot.testing.MemoryWire;
import dev.earshot.testing.VirtualTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NameLookupTest {
  private static final ServiceType TYPE = ServiceType.tcp("echo");
  private static final LinkFilter ANY = new LinkFilter(Optional.empty(), Set.of());

  private final VirtualTime time = new VirtualTime();
  private final MemoryLinks links = MemoryLinks.of("10.0.0.1");
  private final MemoryAir air = new MemoryAir(time.loop("air"));
  private final MemoryDiscovery discovery = air.discovery();
  private final Loop loop = time.loop("house");
  private final Map<String, InetAddress[]> known = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<Runnable> hanging = new ArrayList<>();
  private final HostNames hosts = new HostNames(this::ask, links, loop, this::work);
  private final NameLookup lookup = new NameLookup(hosts, () -> discovery, loop);
  private final List<String> answers = new ArrayList<>();
  private boolean hang;

  NameLookupTest() {
    discovery.open(links);
  }

  @Test
  void numericAddressesAreAnsweredWithoutAskingAndNeverInsideTheCall() {
    resolve("10.0.0.9");
    resolve("::1");
    assertThat(answers).isEmpty();
    time.runUntilIdle();
    assertThat(answers).containsExactlyInAnyOrder("[/10.0.0.9:80]", "[/[0:0:0:0:0:0:0:1]:80]");
    assertThat(asked).isEmpty();
  }

  @Test
  void aScopeThatIsNoLinkOfThisComputerIsUnresolved() {
    resolve("fe80::1%nosuchlink");
    time.runUntilIdle();
    assertThat(answers).hasSize(1);
    assertThat(answers.get(0)).contains("fe80::1%nosuchlink", "no such address or link");
  }

  @Test
  void aLinkLocalAddressWithoutAScopeIsOneOnEachLinkThatCouldReachIt() {
    links.put(new NetworkLink("eth0", 5, LinkType.WIRED), "fe80::5");
    links.put(new NetworkLink("wlan0", 6, LinkType.WIFI), "fe80::6", "10.0.0.6");
    known.put("fe80::1", addresses("fe80::1"));
    resolve("fe80::1");
    LinkFilter noWifi = new LinkFilter(Optional.empty(), Set.of(LinkType.WIFI));
    lookup.resolve(Endpoint.hostPort("fe80::1", 80), noWifi, new Answer());
    time.runUntilIdle();
    assertThat(answers)
        .containsExactlyInAnyOrder(
            "[/[fe80:0:0:0:0:0:0:1%5]:80, /[fe80:0:0:0:0:0:0:1%6]:80]",
            "[/[fe80:0:0:0:0:0:0:1%5]:80]");
    links.remove("eth0").remove("wlan0");
    resolve("fe80::1");
    time.runUntilIdle();
    assertThat(answers.get(2)).contains("needs a scope");
  }

  @Test
  void aHostNameIsAskedForOnAWorkerAndGivesEachOfItsAddressesOnce() {
    known.put("den.example", addresses("10.0.0.9", "2001:db8::9", "10.0.0.9"));
    resolve("den.example");
    time.runUntilIdle();
    assertThat(answers).containsExactly("[/10.0.0.9:80, /[2001:db8:0:0:0:0:0:9]:80]");
  }

  @Test
  void aHostThatIsNotKnownIsUnresolvedInWords() {
    resolve("nowhere.example");
    time.runUntilIdle();
    assertThat(answers)
        .containsExactly("looking up nowhere.example: the system's resolver does not know it");
  }

  @Test
  void aResolverThatHangsIsGivenUpAfterFiveSecondsAndAskedOnlyOnceAtATime() {
    known.put("slow.example", addresses("10.0.0.9"));
    hang = true;
    resolve("slow.example");
    resolve("slow.example");
    time.advance(Duration.ofMillis(4_999));
    assertThat(answers).isEmpty();
    time.advance(Duration.ofMillis(2));
    assertThat(answers).hasSize(2).allMatch(it -> it.contains("no answer within 5 s"));
    resolve("slow.example");
    time.runUntilIdle();
    assertThat(hanging).hasSize(1);
    release();
    assertThat(asked).containsExactly("slow.example");
    assertThat(answers).hasSize(3).endsWith("[/10.0.0.9:80]");
  }

  @Test
  void fourNamesAtOnceAndTheOthersInTurn() {
    hang = true;
    for (int i = 0; i < 10; i++) {
      known.put("host" + i, addresses("10.0.1." + i));
      resolve("host" + i);
    }
    time.runUntilIdle();
    assertThat(hanging).hasSize(4);
    release();
    assertThat(asked).hasSize(10);
    assertThat(answers).hasSize(10).allMatch(it -> it.startsWith("[/10.0.1."));
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void aNameThatNobodyWantsAnyMoreIsNotAskedFor() {
    hang = true;
    for (int i = 0; i < 4; i++) {
      resolve("busy" + i);
    }
    time.runUntilIdle();
    resolve("unwanted").cancel();
    time.runUntilIdle();
    release();
    assertThat(asked).hasSize(4).doesNotContain("unwanted");
  }

  @Test
  void nothingIsAnsweredAfterACancel() {
    known.put("den.example", addresses("10.0.0.9"));
    resolve("den.example").cancel();
    resolve("10.0.0.9").cancel();
    lookup.resolve(Endpoint.bonjour("Den", TYPE), ANY, new Answer()).cancel();
    time.advance(Duration.ofMinutes(1));
    assertThat(answers).isEmpty();
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void aServiceIsResolvedByDiscoveryOnTheLinksThatMayBeUsed() {
    discovery.advertise(Service.of("Den", TYPE), 4242, ANY, new Nothing());
    time.advance(Duration.ofSeconds(1));
    lookup.resolve(Endpoint.bonjour("Den", TYPE), ANY, new Answer());
    time.advance(Duration.ofSeconds(1));
    assertThat(answers).containsExactly("[/10.0.0.1:4242]");
    NetworkLink wifi = new NetworkLink("wlan0", 6, LinkType.WIFI);
    LinkFilter onlyWifi = new LinkFilter(Optional.of(wifi), Set.of());
    lookup.resolve(Endpoint.bonjour("Den", TYPE), onlyWifi, new Answer());
    time.advance(Duration.ofSeconds(10));
    assertThat(answers).hasSize(2);
    assertThat(answers.get(1)).contains("Den._echo._tcp.local.", "nobody answered");
  }

  @Test
  void discoveryThatThrowsIsUnresolved() {
    NameLookup broken =
        new NameLookup(
            hosts,
            () -> {
              throw new IllegalStateException("out of order");
            },
            loop);
    broken.resolve(Endpoint.bonjour("Den", TYPE), ANY, new Answer());
    time.runUntilIdle();
    assertThat(answers).hasSize(1);
    assertThat(answers.get(0)).contains("Den._echo._tcp.local.", "out of order");
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void discoveryThatNeverAnswersIsUnresolved() {
    discovery.advertise(Service.of("Den", TYPE), 4242, ANY, new Nothing());
    time.advance(Duration.ofSeconds(1));
    air.latency(Duration.ofMinutes(1));
    lookup.resolve(Endpoint.bonjour("Den", TYPE), ANY, new Answer());
    time.advance(Duration.ofSeconds(6));
    assertThat(answers).containsExactly("looking up Den._echo._tcp.local.: no answer within 5 s");
  }

  private Discovery.Operation resolve(String host) {
    return lookup.resolve(Endpoint.hostPort(host, 80), ANY, new Answer());
  }

  private void work(Runnable task) {
    if (hang) {
      hanging.add(task);
    } else {
      task.run();
    }
  }

  private void release() {
    hang = false;
    hanging.forEach(Runnable::run);
    hanging.clear();
    time.runUntilIdle();
  }

  private InetAddress[] ask(String host) throws UnknownHostException {
    asked.add(host);
    if (!known.containsKey(host)) {
      throw new UnknownHostException(host);
    }
    return known.get(host);
  }

  private static InetAddress[] addresses(String... numeric) {
    return List.of(numeric).stream().map(MemoryWire::address).toArray(InetAddress[]::new);
  }

  private final class Answer implements Discovery.ResolveEvents {
    @Override
    public void resolved(List<InetSocketAddress> addresses) {
      loop.assertInLoop();
      answers.add(addresses.toString());
    }

    @Override
    public void failed(NetworkException cause) {
      loop.assertInLoop();
      assertThat(cause).isInstanceOf(UnresolvedException.class);
      answers.add(cause.getMessage());
    }
  }

  private static final class Nothing implements Discovery.AdvertiseEvents {
    @Override
    public void registered(Endpoint.Bonjour endpoint) {}

    @Override
    public void unregistered(Endpoint.Bonjour endpoint) {}

    @Override
    public void failed(NetworkException cause) {}
  }
}
