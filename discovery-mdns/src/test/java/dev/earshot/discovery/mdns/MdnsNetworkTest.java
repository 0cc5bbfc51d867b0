package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.testing.PeerProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
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
  void close() throws InterruptedException {
    here.close();
    there.close();
    awaitNoThreads(); // one that was opening something when it was closed may still be at it
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
    assertNeverMissedSinceFound(browsed);
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

  @Test
  void twoThatWantOneNameAtTheSameMomentEndWithTwoNames() throws Exception {
    Recorded first = advertise(here, name, TxtRecord.empty());
    Recorded second = advertise(there, name, TxtRecord.empty());
    Recorded browsed = browse();

    browsed.awaitFound(name);
    browsed.awaitFound(name + " (2)");
    first.awaitEvent("registered");
    second.awaitEvent("registered");
  }

  @Test
  void aServiceWithoutANameIsCalledLikeTheComputer() throws Exception {
    Recorded events = new Recorded();
    here.advertise(Service.of(TYPE), 4242, loopback, events);

    events.awaitEvent("registered " + ComputerName.find());
  }

  @Test
  void nothingIsOpenedBeforeItIsUsed() {
    assertThat(threads()).isEmpty();
  }

  @Test
  void closingIsQuickAndLeavesNoThread() throws Exception {
    for (int i = 0; i < 20; i++) {
      advertise(here, name + i, TxtRecord.empty());
    }
    Recorded browsed = browse();
    browsed.awaitFound(name + 19);
    assertThat(threads()).isNotEmpty().allMatch(Thread::isDaemon);

    Instant begun = Instant.now();
    here.close();
    // A second is promised; a machine that does other things too may take its time.
    assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(6));
    there.close();

    awaitNoThreads();
    assertThatThrownBy(this::browse).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingFromAnEventWorks() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    Recorded browsed =
        new Recorded() {
          @Override
          public synchronized void results(Set<Browser.Result> now) {
            here.close();
            closed.countDown();
          }
        };
    here.browse(TYPE, true, loopback, browsed);
    closed.await();

    awaitNoThreads();
  }

  @Test
  void closingWhileItIsStillOpeningLeavesNothing() throws Exception {
    for (int i = 0; i < 20; i++) {
      Discovery brief = new MdnsProvider().open(TestLinks.ofThisComputer());
      brief.browse(TYPE, true, loopback, new Recorded());
      brief.close();
    }

    awaitNoThreads();
  }

  @Test
  void anotherProgramIsFoundAndIsMissedSoonAfterItCrashed() throws Exception {
    try (PeerProcess other =
        PeerProcess.start(
            MdnsPeer.command(TYPE.toString(), loopback.required().orElseThrow().name()))) {
      other.awaitLine("ready");
      Recorded browsed = browse();
      other.send("browse");
      other.send("advertise", name, "4343", "from=afar");
      advertise(here, name + " here", TxtRecord.empty());

      browsed.awaitFound(name);
      assertThat(browsed.find(name).orElseThrow().txtRecord().value("from")).contains("afar");
      other.awaitLine("added", name + " here");

      other.kill();
      assertThat(browsed.find(name)).isPresent();
      there.reconfirm(Endpoint.bonjour(name, TYPE));
      browsed.awaitGone(name);
      assertThat(browsed.find(name + " here")).isPresent();
    }
  }

  @Test
  void whoIsAliveSurvivesBeingAskedAgain() throws Exception {
    Recorded browsed = browse();
    advertise(here, name, TxtRecord.empty());
    browsed.awaitFound(name);

    for (int i = 0; i < 3; i++) {
      there.reconfirm(Endpoint.bonjour(name, TYPE));
      Recorded resolved = new Recorded();
      there.resolve(Endpoint.bonjour(name, TYPE), loopback, resolved);
      resolved.awaitEvent("resolved");
    }
    Recorded witness = new Recorded();
    there.resolve(Endpoint.bonjour("nobody", TYPE), loopback, witness);
    witness.awaitEvent("failed"); // five seconds later

    assertNeverMissedSinceFound(browsed);
  }

  private void assertNeverMissedSinceFound(Recorded browsed) {
    assertThat(browsed.events().stream().dropWhile(event -> !event.contains(name)))
        .isNotEmpty()
        .allMatch(event -> event.contains(name));
  }

  private static void awaitNoThreads() throws InterruptedException {
    for (Thread thread : threads()) {
      thread.join(20_000);
    }
    assertThat(threads()).isEmpty();
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().matches("earshot-mdns.*|.*JmDNS.*|SocketListener.*"))
        .toList();
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
