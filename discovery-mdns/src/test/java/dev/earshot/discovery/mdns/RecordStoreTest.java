package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Payload;
import dev.earshot.ServiceType;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.testing.VirtualLoop;
import dev.earshot.testing.VirtualTime;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordStoreTest {
  private static final DnsName TYPE = ServiceNames.of(ServiceType.tcp("chat"));
  private static final DnsName DEN = TYPE.under("Den");
  private static final DnsName HOST = ServiceNames.ofHost("host");
  private static final DnsRecord POINTER = DnsRecord.pointer(TYPE, 120, DEN);

  private final VirtualTime time = new VirtualTime();
  private final VirtualLoop loop = time.loop("loop");
  private final Interests interests = new Interests();
  private final List<Question> refreshed = new ArrayList<>();
  private int changes;
  private final RecordStore store =
      new RecordStore(
          loop,
          interests,
          new RecordStore.Listener() {
            @Override
            public void recordsChanged() {
              changes++;
            }

            @Override
            public void refresh(Question question) {
              refreshed.add(question);
            }
          });

  RecordStoreTest() {
    interests.addType(TYPE, true);
  }

  @Test
  void whatIsWantedIsKeptUntilItsTimeIsOver() {
    hear(POINTER);
    assertThat(pointers()).containsExactly(POINTER);

    time.advance(Duration.ofSeconds(119));
    assertThat(pointers()).hasSize(1);
    time.advance(Duration.ofSeconds(2));
    assertThat(pointers()).isEmpty();
    assertThat(changes).isEqualTo(2);
  }

  @Test
  void whatIsNotWantedIsNotKept() {
    DnsName printers = DnsName.of("_ipp", "_tcp", "local");
    hear(DnsRecord.pointer(printers, 120, printers.under("Den")));
    hear(server(printers.under("Den"), 1));
    hear(address(ServiceNames.ofHost("elsewhere"), "192.0.2.9"));
    hear(DnsRecord.pointer(TYPE, 120, DnsName.of("Den", "_other", "_tcp", "local")));

    assertThat(store.records(printers, DnsRecord.PTR)).isEmpty();
    assertThat(pointers()).isEmpty();
    assertThat(changes).isZero();
  }

  @Test
  void addressesAreKeptForHostsOfServicesOnlyEvenIfTheyStandFirst() {
    hear(address(HOST, "192.0.2.7"), server(DEN, 4242));

    assertThat(store.records(HOST, DnsRecord.A)).hasSize(1);
  }

  @Test
  void aGoodbyeTakesASecondAndASecondGoodbyeDoesNotProlongIt() {
    hear(POINTER);
    hear(POINTER.withTimeToLive(0));
    time.advance(Duration.ofMillis(700));
    hear(POINTER.withTimeToLive(0));
    assertThat(pointers()).hasSize(1);

    time.advance(Duration.ofMillis(301));
    assertThat(pointers()).isEmpty();
  }

  @Test
  void anotherOwnerCanSpeakUpAfterAGoodbye() {
    hear(POINTER);
    hear(POINTER.withTimeToLive(0));
    time.advance(Duration.ofMillis(500));
    hear(POINTER);

    time.advance(Duration.ofSeconds(60));
    assertThat(pointers()).hasSize(1);
  }

  @Test
  void aServiceThatMovesToAnotherHostIsNeverGone() {
    hear(POINTER, server(DEN, 1));
    time.advance(Duration.ofSeconds(10));

    for (int move = 2; move < 20; move++) {
      hear(POINTER, server(DEN, move));
      assertThat(pointers()).hasSize(1);
      time.advance(Duration.ofSeconds(7));
      assertThat(port()).isEqualTo(move);
      assertThat(pointers()).hasSize(1);
    }
  }

  @Test
  void aFlushingRecordReplacesOlderOnesAfterASecond() {
    hear(server(DEN, 1));
    time.advance(Duration.ofSeconds(5));
    hear(server(DEN, 2));

    assertThat(port()).isEqualTo(2);
    time.advance(Duration.ofMillis(1_001));
    assertThat(store.records(DEN, DnsRecord.SRV)).hasSize(1);
  }

  @Test
  void textThatGoesBackToWhatItWasIsNews() {
    hear(POINTER, text("a=1"));
    time.advance(Duration.ofSeconds(5));
    hear(text("a=2"));
    time.advance(Duration.ofMillis(10));
    int before = changes;
    hear(text("a=1"));

    assertThat(changes).isEqualTo(before + 1);
    assertThat(store.latest(DEN, DnsRecord.TXT)).contains(text("a=1"));
  }

  @Test
  void recordsAreAskedForAgainBeforeTheirTimeIsOver() {
    hear(POINTER, text("a=1"), server(DEN, 1));
    time.advance(Duration.ofSeconds(95));
    assertThat(refreshed).isEmpty();

    time.advance(Duration.ofSeconds(2));
    assertThat(refreshed)
        .containsExactlyInAnyOrder(
            new Question(TYPE, DnsRecord.PTR, false), new Question(DEN, DnsRecord.TXT, false));
    time.advance(Duration.ofSeconds(22));
    assertThat(refreshed).as("at 80, 85, 90 and 95 percent").hasSize(8);
  }

  @Test
  void knownAnswersAreThoseGoodForHalfOfTheirTime() {
    hear(POINTER);
    time.advance(Duration.ofSeconds(40));
    assertThat(store.knownAnswers(TYPE, DnsRecord.PTR)).containsExactly(POINTER.withTimeToLive(80));

    time.advance(Duration.ofSeconds(30));
    assertThat(store.knownAnswers(TYPE, DnsRecord.PTR)).isEmpty();
  }

  @Test
  void whoDoesNotAnswerIsForgotten() {
    hear(POINTER);
    time.advance(Duration.ofSeconds(1));
    long asked = loop.nanoTime();
    time.advance(Duration.ofSeconds(1));
    inLoop(() -> store.forgetUnlessHeardAfter(POINTER, asked));
    assertThat(pointers()).isEmpty();

    hear(POINTER);
    inLoop(() -> store.forgetUnlessHeardAfter(POINTER, asked));
    assertThat(pointers()).hasSize(1);
  }

  @Test
  void aSourceCanFillItsShareOnly() throws Exception {
    InetAddress loud = InetAddress.getByName("192.0.2.66");
    for (int i = 0; i < 1_000; i++) {
      hearFrom(loud, DnsRecord.pointer(TYPE, 120, TYPE.under("fake " + i)));
    }
    hear(POINTER);

    assertThat(pointers()).hasSize(RecordStore.MAXIMUM_PER_SOURCE + 1).contains(POINTER);
  }

  @Test
  void thereIsAnEndToEverything() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      InetAddress source = InetAddress.getByName("198.18." + i / 256 + "." + i % 256);
      DnsName fake = TYPE.under("fake " + i);
      hearFrom(source, DnsRecord.pointer(TYPE, 120, fake), server(fake, 1));
    }

    assertThat(pointers()).hasSize(RecordStore.MAXIMUM_PER_NAME);
    assertThat(store.size()).isEqualTo(RecordStore.MAXIMUM_RECORDS);
    time.advance(Duration.ofSeconds(121));
    assertThat(store.size()).isZero();
    assertThat(time.pendingTimers()).isZero();
  }

  @Test
  void whenNobodyIsInterestedAnyMoreEverythingGoes() {
    hear(POINTER, server(DEN, 1), address(HOST, "192.0.2.7"));

    interests.removeType(TYPE, true);
    inLoop(store::forgetUnwanted);

    assertThat(store.size()).isZero();
  }

  private void hear(DnsRecord... records) {
    hearFrom(InetAddress.getLoopbackAddress(), records);
  }

  private void hearFrom(InetAddress source, DnsRecord... records) {
    DnsMessage message =
        new DnsMessage(0, 0x8400, List.of(), List.of(records), List.of(), List.of());
    inLoop(() -> store.receive(message, source, false));
  }

  private void inLoop(Runnable task) {
    loop.execute(task);
    time.runUntilIdle();
  }

  private List<DnsRecord> pointers() {
    return store.records(TYPE, DnsRecord.PTR);
  }

  private int port() {
    return ((DnsRecord.Server) store.latest(DEN, DnsRecord.SRV).orElseThrow().data()).port();
  }

  private static DnsRecord server(DnsName name, int port) {
    return new DnsRecord(name, DnsRecord.SRV, true, 120, new DnsRecord.Server(0, 0, port, HOST));
  }

  private static DnsRecord text(String pair) {
    Payload bytes = Payload.utf8((char) pair.length() + pair);
    return new DnsRecord(DEN, DnsRecord.TXT, true, 120, new DnsRecord.Text(bytes));
  }

  private static DnsRecord address(DnsName host, String numeric) {
    try {
      return new DnsRecord(
          host, DnsRecord.A, true, 120, new DnsRecord.Address(InetAddress.getByName(numeric)));
    } catch (java.net.UnknownHostException e) {
      throw new IllegalArgumentException(numeric, e);
    }
  }
}
