package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.Payload;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.discovery.mdns.FakeEngine.FakePublished;
import dev.earshot.spi.LinkFilter;
import dev.earshot.testing.MemoryLinks;
import dev.earshot.testing.VirtualLoop;
import dev.earshot.testing.VirtualTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Browsing, publishing and looking up on engines without a network, in virtual time. */
class DiscoveryOnFakesTest {
  private static final ServiceType TYPE = ServiceType.tcp("chat");
  private static final DnsName TYPE_NAME = ServiceNames.of(TYPE);
  private static final DnsName DEN = TYPE_NAME.under("Den");
  private static final DnsName HOST = ServiceNames.ofHost("host");
  private static final NetworkLink ETH = new NetworkLink("eth0", 2, LinkType.WIRED);
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 3, LinkType.WIFI);
  private static final LinkFilter ANY = new LinkFilter(Optional.empty(), Set.of());
  private static final Duration MOMENT = Duration.ofMillis(200);

  private final VirtualTime time = new VirtualTime();
  private final VirtualLoop loop = time.loop("loop");
  private final MemoryLinks links =
      MemoryLinks.loopbackOnly().put(ETH, "192.0.2.7").put(WIFI, "198.51.100.7");
  private final FakeEngine.Workshop workshop = new FakeEngine.Workshop();
  private final LinkResponders responders =
      new LinkResponders(loop, time.executor("opener"), links, workshop);
  private final ClaimedNames claimed = new ClaimedNames();
  private final Recorded events = new Recorded();

  // Browsing.

  @Test
  void browsingBeginsWithWhatThereIsAndMergesLinks() throws Exception {
    browse(ANY);
    assertThat(events.events()).containsExactly("results []");

    hear("eth0", pointer(), text("a=1"));
    hear("wlan0", pointer(), text("a=1"));

    assertThat(events.find("Den").orElseThrow().links()).containsExactlyInAnyOrder(ETH, WIFI);
    assertThat(events.find("Den").orElseThrow().txtRecord().value("a")).contains("1");
  }

  @Test
  void aResultStaysAsLongAsOneLinkHasIt() {
    browse(ANY);
    hear("eth0", pointer(), text("a=1"));
    hear("wlan0", pointer(), text("a=1"));

    hear("eth0", pointer().withTimeToLive(0));
    time.advance(Duration.ofMillis(1_100));
    assertThat(events.find("Den").orElseThrow().links()).containsExactly(WIFI);

    hear("wlan0", pointer().withTimeToLive(0));
    time.advance(Duration.ofMillis(1_100));
    assertThat(events.find("Den")).isEmpty();
  }

  @Test
  void aResultWaitsForItsTxtRecordButNotForEver() {
    browse(ANY);
    hear("eth0", pointer());
    assertThat(events.find("Den")).isEmpty();
    assertThat(questions("eth0")).contains(new Question(DEN, DnsRecord.TXT, false));

    time.advance(Duration.ofSeconds(2));
    assertThat(events.find("Den").orElseThrow().txtRecord()).isEqualTo(TxtRecord.empty());

    hear("eth0", text("a=1"));
    assertThat(events.find("Den").orElseThrow().txtRecord().value("a")).contains("1");
  }

  @Test
  void theLastTxtRecordIsKeptWhenItRunsOut() {
    browse(ANY);
    DnsRecord brief = text("a=1").withTimeToLive(5);
    hear("eth0", pointer(), brief);
    time.advance(Duration.ofSeconds(10));

    assertThat(events.find("Den").orElseThrow().txtRecord().value("a")).contains("1");
  }

  @Test
  void queriesAreRepeatedWithLongerAndLongerPausesAndSayWhatIsKnown() {
    browse(ANY);
    time.advance(Duration.ofSeconds(40));
    long inFortySeconds = workshop.on("eth0").queries().size();
    assertThat(inFortySeconds).as("at 0, 1, 3, 7, 15 and 31 seconds").isEqualTo(6);

    hear("eth0", pointer().withTimeToLive(4_500), text("a=1"));
    time.advance(Duration.ofSeconds(30));
    DnsMessage last = workshop.on("eth0").queries().get(workshop.on("eth0").queries().size() - 1);
    assertThat(last.answers()).singleElement().matches(r -> r.sameAs(pointer()));
  }

  @Test
  void withoutALinkBrowsingWaitsAndGoesOnByItself() {
    links.up("eth0", false).up("wlan0", false);
    LinkFilter noLoopback = new LinkFilter(Optional.empty(), Set.of(LinkType.LOOPBACK));
    browse(noLoopback);
    assertThat(events.events()).singleElement().asString().startsWith("waiting").contains("lo");

    links.up("eth0", true);
    time.advance(Duration.ofSeconds(2));
    hear("eth0", pointer(), text("a=1"));
    assertThat(events.find("Den")).isPresent();

    links.up("eth0", false);
    time.advance(Duration.ofMillis(1_500));
    assertThat(events.find("Den")).as("its link is gone").isEmpty();
    assertThat(events.events().get(events.events().size() - 1)).startsWith("waiting");
    assertThat(workshop.on("eth0").isAbandoned()).isTrue();
  }

  @Test
  void aLinkThatCannotBeUsedDoesNotDisturbTheOthers() {
    workshop.breakLink("eth0");
    browse(ANY);
    hear("wlan0", pointer(), text("a=1"));
    assertThat(events.find("Den")).isPresent();

    workshop.mendLink("eth0");
    time.advance(Duration.ofSeconds(40));
    assertThat(questions("eth0")).contains(new Question(TYPE_NAME, DnsRecord.PTR, false));
  }

  @Test
  void whenNoLinkCanBeUsedTheReasonIsTold() {
    workshop.breakLink("eth0");
    workshop.breakLink("wlan0");
    browse(ANY);

    assertThat(events.events())
        .singleElement()
        .asString()
        .startsWith("waiting")
        .contains("eth0")
        .contains("broken, as the test wants it");
  }

  @Test
  void anEngineThatDiesIsReplacedAndResultsStay() {
    browse(ANY);
    hear("eth0", pointer().withTimeToLive(4_500), text("a=1"));
    FakeEngine first = workshop.on("eth0");

    inLoop(first::die);
    time.advance(Duration.ofSeconds(1));

    assertThat(workshop.on("eth0")).isNotSameAs(first);
    assertThat(questions("eth0")).contains(new Question(TYPE_NAME, DnsRecord.PTR, false));
    assertThat(events.find("Den")).isPresent();
  }

  @Test
  void whatNobodyNeedsAnyMoreIsClosedAfterAWhile() {
    BrowseRequest request = browse(ANY);
    inLoop(
        () -> {
          request.end();
          responders.remove(request);
        });
    time.advance(Duration.ofSeconds(9));
    assertThat(workshop.engines()).noneMatch(FakeEngine::isRetired);

    time.advance(Duration.ofSeconds(2));
    assertThat(workshop.engines()).hasSize(2).allMatch(FakeEngine::isRetired);
    assertThat(time.pendingTimers()).isZero();
  }

  // Publishing.

  @Test
  void aServiceIsRegisteredOnceOnAllLinks() {
    publish("Den");
    published("eth0").announce();
    published("wlan0").announce();

    assertThat(events.events()).containsExactly("registered Den");
  }

  @Test
  void aConflictOnOneLinkRenamesOnAll() {
    publish("Den");
    published("wlan0").announce();
    FakePublished before = published("wlan0");

    inLoop(() -> published("eth0").conflict());

    assertThat(before.isWithdrawn()).isTrue();
    assertThat(published("wlan0").name()).isEqualTo("Den (2)");
    published("eth0").announce();
    assertThat(events.events())
        .containsExactly("registered Den", "unregistered Den", "registered Den (2)");
  }

  @Test
  void twoOfOurOwnDoNotMeetUnderOneName() {
    publish("Den");
    publish("DEN");

    assertThat(workshop.on("eth0").published())
        .extracting(FakePublished::name)
        .containsExactly("Den", "DEN (2)");
  }

  @Test
  void aChangedTxtRecordIsPublishedEverywhereAndTheNameStays() {
    Publication publication = publish("Den");
    TxtRecord better = TxtRecord.of(Map.of("mood", "better"));
    published("eth0").announce();

    inLoop(() -> publication.update(Service.of("Den", TYPE).withTxtRecord(better)));

    assertThat(published("eth0").txtRecord()).isEqualTo(better);
    assertThat(published("wlan0").txtRecord()).isEqualTo(better);
    assertThat(events.events()).containsExactly("registered Den");
  }

  @Test
  void aNewNameIsANewRegistration() {
    Publication publication = publish("Den");
    published("eth0").announce();

    inLoop(() -> publication.update(Service.of("Loft", TYPE)));
    published("eth0").announce();

    assertThat(published("eth0").name()).isEqualTo("Loft");
    assertThat(events.events())
        .containsExactly("registered Den", "unregistered Den", "registered Loft");
  }

  @Test
  void aServiceIsPublishedAgainOnALinkThatComesBackWithAnotherAddress() {
    publish("Den");
    published("eth0").announce();
    links.up("wlan0", false);

    links.put(ETH, "192.0.2.99");
    time.advance(Duration.ofSeconds(2));

    published("eth0").announce();
    assertThat(workshop.engines()).hasSize(3);
    assertThat(events.events()).endsWith("registered Den");
  }

  @Test
  void aServiceIsPublishedAgainOnAnEngineThatReplacesADeadOne() {
    publish("Den");
    inLoop(workshop.on("eth0")::die);
    time.advance(Duration.ofSeconds(1));

    assertThat(workshop.engines()).hasSize(3);
    assertThat(published("eth0").name()).isEqualTo("Den");
  }

  // Looking up.

  @Test
  void aServiceIsLookedUpStepByStep() throws Exception {
    resolve();
    assertThat(questions("eth0")).contains(new Question(DEN, DnsRecord.SRV, false));

    hear("eth0", server(4242));
    assertThat(questions("eth0")).contains(new Question(HOST, DnsRecord.A, false));
    hear("eth0", address("192.0.2.9"), address("fe80::9"));
    time.advance(MOMENT);

    assertThat(events.addresses()).hasSize(2);
    InetSocketAddress first = events.addresses().get(0);
    InetSocketAddress second = events.addresses().get(1);
    assertThat(first).isEqualTo(new InetSocketAddress(InetAddress.getByName("192.0.2.9"), 4242));
    assertThat(second.getAddress().getHostAddress()).as("with its scope").endsWith("%2");
  }

  @Test
  void whatIsKnownFromBrowsingIsAnsweredAtOnceOnceAllLinksKnow() {
    browse(ANY);
    hear("eth0", pointer(), text("a=1"), server(4242), address("192.0.2.9"));
    hear("wlan0", pointer(), text("a=1"), server(4242), address("198.51.100.9"));

    resolve();

    assertThat(events.addresses()).hasSize(2);
  }

  @Test
  void addressesThatCannotBeMeantAreLeftOut() {
    resolve();
    hear("eth0", server(4242), address("127.0.0.1"), address("0.0.0.0"), address("224.0.0.1"));
    time.advance(Duration.ofSeconds(6));

    assertThat(events.events()).singleElement().asString().contains("no address");
  }

  @Test
  void lookingUpFailsAfterFiveSeconds() {
    resolve();
    time.advance(Duration.ofMillis(4_900));
    assertThat(events.events()).isEmpty();

    time.advance(Duration.ofMillis(200));
    assertThat(events.events())
        .singleElement()
        .asString()
        .contains("Den._chat._tcp.local.")
        .contains("eth0")
        .contains("nobody answered within 5 s");
  }

  @Test
  void lookingUpWithoutALinkFailsAtOnce() {
    links.up("eth0", false).up("wlan0", false).up("lo", false);

    resolve();

    assertThat(events.events()).singleElement().asString().startsWith("failed").contains("Den");
  }

  // Asking whether somebody is still there.

  @Test
  void whoDoesNotAnswerWhenAskedAgainIsGoneWithinAMomentAndAHalf() {
    browse(ANY);
    hear("eth0", pointer().withTimeToLive(4_500), text("a=1"), server(4242));
    time.advance(Duration.ofSeconds(10));

    reconfirm();
    time.advance(Duration.ofMillis(1_300));
    assertThat(events.find("Den")).isPresent();
    time.advance(Duration.ofMillis(200));
    assertThat(events.find("Den")).isEmpty();
  }

  @Test
  void whoAnswersWhenAskedAgainStays() {
    browse(ANY);
    hear("eth0", pointer().withTimeToLive(4_500), text("a=1"), server(4242));
    time.advance(Duration.ofSeconds(10));

    reconfirm();
    time.advance(Duration.ofMillis(1_100));
    hear("eth0", pointer().withTimeToLive(4_500));
    time.advance(Duration.ofSeconds(60));
    assertThat(events.find("Den")).isPresent();
  }

  @Test
  void anAddressThatFailedIsNotHandedOutAgainUnasked() {
    browse(ANY);
    hear("eth0", pointer(), text("a=1"), server(4242), address("192.0.2.9"));
    reconfirm();

    resolve();
    assertThat(events.addresses()).isEmpty();
    hear("eth0", server(4343), address("192.0.2.10"));
    time.advance(MOMENT);

    assertThat(events.addresses()).extracting(InetSocketAddress::getPort).containsExactly(4343);
  }

  // The end.

  @Test
  void theEndIsSaidOnAllLinks() {
    publish("Den");
    boolean[] done = {false};

    inLoop(() -> responders.retire(() -> done[0] = true));

    assertThat(done[0]).isTrue();
    assertThat(workshop.engines()).hasSize(2).allMatch(FakeEngine::isRetired);
  }

  private BrowseRequest browse(LinkFilter filter) {
    BrowseRequest request = new BrowseRequest(loop, TYPE, true, filter, events);
    inLoop(() -> responders.add(request));
    return request;
  }

  private Publication publish(String name) {
    Publication publication = new Publication(Service.of(name, TYPE), 4242, ANY, claimed, events);
    inLoop(() -> responders.add(publication));
    return publication;
  }

  private FakePublished published(String link) {
    List<FakePublished> there = workshop.on(link).published();
    return there.get(there.size() - 1);
  }

  private void resolve() {
    ResolveRequest[] self = new ResolveRequest[1];
    self[0] =
        new ResolveRequest(
            loop, Endpoint.bonjour("Den", TYPE), ANY, events, () -> responders.remove(self[0]));
    inLoop(() -> responders.add(self[0]));
  }

  private void reconfirm() {
    Reconfirmation reconfirmation = new Reconfirmation(loop);
    inLoop(() -> reconfirmation.begin(DEN, responders.all()));
  }

  private void hear(String link, DnsRecord... records) {
    inLoop(() -> workshop.on(link).hear(records));
    time.advance(Duration.ofMillis(30));
  }

  private void inLoop(Runnable task) {
    loop.execute(task);
    time.runUntilIdle();
  }

  private List<Question> questions(String link) {
    return workshop.on(link).queries().stream().flatMap(q -> q.questions().stream()).toList();
  }

  private static DnsRecord pointer() {
    return DnsRecord.pointer(TYPE_NAME, 120, DEN);
  }

  private static DnsRecord server(int port) {
    return new DnsRecord(DEN, DnsRecord.SRV, true, 120, new DnsRecord.Server(0, 0, port, HOST));
  }

  private static DnsRecord text(String pair) {
    Payload bytes = Payload.utf8((char) pair.length() + pair);
    return new DnsRecord(DEN, DnsRecord.TXT, true, 120, new DnsRecord.Text(bytes));
  }

  private static DnsRecord address(String numeric) {
    try {
      InetAddress address = InetAddress.getByName(numeric);
      int type = address.getAddress().length == 4 ? DnsRecord.A : DnsRecord.AAAA;
      return new DnsRecord(HOST, type, false, 120, new DnsRecord.Address(address));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(numeric, e);
    }
  }
}
