package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.dtls.DtlsPair.Delivery;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.DatagramSecurity.Verdict;
import dev.earshot.testing.VirtualTime;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes and records between two of us, over a wire on which anything happens. */
class DtlsFlowTest {
  private static final PreSharedKey KEY = key("den", 1);

  private static PreSharedKey key(String identity, int fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return PreSharedKey.of(identity, bytes);
  }

  private static DatagramSecurity security(PreSharedKey key) {
    return new PskDatagrams(PskSource.of(key), DtlsSuite.of(false));
  }

  private static DtlsPair pair() {
    return DtlsPair.of(security(KEY), security(KEY));
  }

  private static void assertTalking(DtlsPair pair) {
    assertThat(pair.client.failure).isNull();
    assertThat(pair.server.failure).isNull();
    assertThat(pair.client.ready).isTrue();
    assertThat(pair.server.ready).isTrue();
    pair.over((fromClient, number, datagram) -> List.of(Delivery.soon(datagram)));
    int before = pair.server.contents.size();
    pair.client.say("to the server");
    pair.pass();
    pair.server.say("to the client");
    pair.pass();
    assertThat(pair.server.texts().subList(before, before + 1)).containsExactly("to the server");
    assertThat(pair.client.texts()).endsWith("to the client");
  }

  @ParameterizedTest
  @EnumSource
  void everySuiteIsAgreedOn(DtlsSuite suite) {
    DtlsPair pair = DtlsPair.of(new PskDatagrams(PskSource.of(KEY), List.of(suite)), security(KEY));
    pair.shakeHands();
    assertTalking(pair);
    SecurityMetadata expected =
        new SecurityMetadata("DTLSv1.2", suite.name(), Optional.of(Payload.utf8("den")));
    assertThat(pair.client.flow().metadata()).isEqualTo(expected);
    assertThat(pair.server.flow().metadata()).isEqualTo(expected);
    assertThat(pair.time.now()).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void dearestSuiteThatBothHaveIsTaken() {
    DtlsPair pair = pair().shakeHands();
    assertThat(pair.client.flow().metadata().cipherSuite())
        .isEqualTo("TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256");
    assertThat(pair.client.events).containsExactly("heard", "ready");
  }

  @Test
  void withoutCommonSuiteBothAreTold() {
    DtlsPair pair =
        DtlsPair.of(
            new PskDatagrams(PskSource.of(KEY), List.of(DtlsSuite.TLS_PSK_WITH_AES_128_GCM_SHA256)),
            new PskDatagrams(PskSource.of(KEY), DtlsSuite.of(true)));
    pair.shakeHands();
    assertReason(pair.server, Reason.NO_COMMON_SUITE);
    assertReason(pair.client, Reason.NO_COMMON_SUITE);
  }

  private static void assertReason(DtlsPair.End end, Reason reason) {
    assertThat(end.failure).isInstanceOf(HandshakeException.class);
    assertThat(((HandshakeException) end.failure).reason()).isEqualTo(reason);
  }

  @Test
  void nothingIsKeptOfStrangerUntilItRepeatsItsCookie() {
    DtlsPair pair = pair();
    pair.shakeHands();
    byte[] first = pair.toServer.get(0);
    byte[] second = pair.toServer.get(1);
    assertThat(pair.toClient.get(0).length).isLessThan(first.length);
    InetSocketAddress other = new InetSocketAddress("10.0.0.9", 1_111);
    assertThat(pair.knock(DtlsPair.CLIENT, second).admitted()).isTrue();
    assertThat(pair.knock(DtlsPair.CLIENT, first).admitted()).isFalse();
    assertThat(pair.knock(other, second).admitted()).as("a stolen cookie").isFalse();
    assertThat(pair.knock(new InetSocketAddress("10.0.0.1", 2), second).admitted()).isFalse();
    pair.time.advance(Duration.ofSeconds(31));
    assertThat(pair.knock(DtlsPair.CLIENT, second).admitted()).as("the secret before").isTrue();
    pair.time.advance(Duration.ofSeconds(31));
    assertThat(pair.knock(DtlsPair.CLIENT, second).admitted()).as("an old cookie").isFalse();
  }

  @Test
  void strangersAreNeverAnsweredWithMoreThanTheySent() {
    DtlsPair pair = pair();
    pair.shakeHands();
    Random random = new Random(3);
    byte[] hello = pair.toServer.get(0);
    for (int i = 0; i < 20_000; i++) {
      byte[] mutant = hello.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      byte[] cut = Arrays.copyOf(mutant, random.nextInt(mutant.length + 1));
      byte[] knock = random.nextBoolean() ? cut : mutant;
      Verdict verdict = pair.knock(DtlsPair.CLIENT, knock);
      assertThat(verdict.admitted()).isFalse();
      assertThat(verdict.answer().length()).isLessThanOrEqualTo(3 * knock.length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void oneLostDatagramDelaysNothingButItself(int lost) {
    for (boolean ofClient : new boolean[] {true, false}) {
      DtlsPair pair =
          pair()
              .over(
                  (fromClient, number, datagram) ->
                      fromClient == ofClient && number == lost
                          ? List.of()
                          : List.of(Delivery.soon(datagram)));
      pair.shakeHands();
      assertTalking(pair);
      assertThat(pair.time.now()).isLessThan(Duration.ofMillis(2_500));
    }
  }

  @Test
  void everythingTwiceIsAsGoodAsOnce() {
    DtlsPair pair =
        pair()
            .over(
                (fromClient, number, datagram) ->
                    List.of(Delivery.soon(datagram), Delivery.soon(datagram)));
    pair.shakeHands();
    assertThat(pair.toServer).as("repetitions are not answered at once").hasSizeLessThan(6);
    assertTalking(pair);
  }

  @Test
  void lossRepetitionAndDisorderAtRandomEndInAgreement() {
    for (int seed = 0; seed < 300; seed++) {
      VirtualTime time = new VirtualTime(seed);
      Random random = new Random(seed);
      DtlsPair pair = new DtlsPair(time, security(KEY), security(KEY), 256);
      pair.over((fromClient, number, datagram) -> misfortune(random, datagram));
      pair.shakeHands(Duration.ofMinutes(10));
      assertThat(pair.client.ready && pair.server.ready).as("seed " + seed).isTrue();
      assertTalking(pair);
    }
  }

  private static List<Delivery> misfortune(Random random, byte[] datagram) {
    List<Delivery> copies = new ArrayList<>();
    while (random.nextInt(100) < 70 && copies.size() < 3) {
      copies.add(new Delivery(datagram, Duration.ofMillis(1 + random.nextInt(40))));
      if (random.nextInt(100) < 80) {
        break;
      }
    }
    return copies;
  }

  @Test
  void wrongKeyIsSilenceWithSuspicion() {
    DtlsPair pair = DtlsPair.of(security(KEY), security(key("den", 2)));
    pair.shakeHands(Duration.ofSeconds(9));
    assertThat(pair.client.isSettled() || pair.server.isSettled()).isFalse();
    for (DtlsPair.End end : List.of(pair.client, pair.server)) {
      HandshakeException why = (HandshakeException) end.flow().suspicion().orElseThrow();
      assertThat(why.reason()).isEqualTo(Reason.WRONG_KEY);
      assertThat(why).hasMessageContaining("the key is probably wrong").hasMessageContaining("den");
    }
    pair.run(pair.client.flow()::abort);
    pair.run(pair.server.flow()::abort);
    assertThat(pair.time.pendingTimers()).isLessThan(3);
    pair.time.advance(Duration.ofMinutes(2));
    assertThat(pair.time.pendingTimers()).isZero();
  }

  @Test
  void identityUsedAsKeyIsNamed() {
    PreSharedKey theirs =
        PreSharedKey.of("0123456789abcdef", "0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
    DtlsPair pair = DtlsPair.of(security(theirs), security(key("0123456789abcdef", 3)));
    pair.shakeHands(Duration.ofSeconds(3));
    assertThat(pair.server.flow().suspicion().orElseThrow())
        .hasMessageContaining("used its identity '0123456789abcdef' as its key");
  }

  @Test
  void unknownIdentityLooksLikeWrongKeyToWhoeverNamesIt() {
    for (String name : List.of("attic", "a".repeat(128))) {
      DtlsPair pair = DtlsPair.of(security(key(name, 1)), security(KEY));
      pair.shakeHands(Duration.ofSeconds(5));
      assertThat(pair.toClient).hasSameSizeAs(wrongKeyAfter(Duration.ofSeconds(5)).toClient);
      HandshakeException theirs = (HandshakeException) pair.client.flow().suspicion().orElseThrow();
      assertThat(theirs.reason()).isEqualTo(Reason.WRONG_KEY);
      HandshakeException ours = (HandshakeException) pair.server.flow().suspicion().orElseThrow();
      assertThat(ours.reason()).isEqualTo(Reason.UNKNOWN_IDENTITY);
      assertThat(ours).hasMessageContaining("'" + name + "'");
    }
  }

  private static DtlsPair wrongKeyAfter(Duration time) {
    return DtlsPair.of(security(KEY), security(key("den", 2))).shakeHands(time);
  }

  @Test
  void keyMayTakeItsTimeWithoutAnybodyWaiting() {
    CompletableFuture<Optional<PreSharedKey>> answer = new CompletableFuture<>();
    PskSource slow =
        new PskSource() {
          @Override
          public CompletionStage<Optional<PreSharedKey>> find(Payload identity) {
            return answer;
          }
        };
    DtlsPair pair = DtlsPair.of(security(KEY), new PskDatagrams(slow, DtlsSuite.of(false)));
    pair.shakeHands(Duration.ofMillis(500));
    assertThat(pair.server.ready).isFalse();
    answer.complete(Optional.of(KEY));
    pair.pass();
    assertTalking(pair);
  }

  @Test
  void repeatedAndDamagedRecordsAreDroppedAndCounted() {
    DtlsPair pair = pair().shakeHands();
    byte[] record = pair.client.say("once");
    pair.pass();
    long before = pair.server.flow().discarded();
    pair.run(() -> pair.arrive(true, record.clone()));
    for (int i = 0; i < record.length; i++) {
      byte[] damaged = record.clone();
      damaged[i] ^= 0x20;
      pair.run(() -> pair.arrive(true, damaged));
    }
    assertThat(pair.server.texts()).containsExactly("once");
    assertThat(pair.server.flow().discarded()).isGreaterThanOrEqualTo(before + record.length);
    assertTalking(pair);
  }

  @Test
  void recordsAreTakenInAnyOrderWithinTheWindow() {
    DtlsPair pair = pair().shakeHands();
    pair.over((fromClient, number, datagram) -> List.of());
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      records.add(pair.client.say(Integer.toString(i)));
    }
    pair.run(() -> pair.arrive(true, records.get(99)));
    pair.run(() -> pair.arrive(true, records.get(36)));
    pair.run(() -> pair.arrive(true, records.get(35)));
    pair.run(() -> pair.arrive(true, records.get(70)));
    pair.run(() -> pair.arrive(true, records.get(70)));
    assertThat(pair.server.texts()).containsExactly("99", "36", "70");
  }

  @Test
  void garbageHarmsNeitherHandshakeNorFlow() {
    DtlsPair pair = pair();
    Random random = new Random(5);
    pair.over(
        (fromClient, number, datagram) -> {
          List<Delivery> all = new ArrayList<>();
          for (int i = 0; i < 10; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            all.add(Delivery.soon(garbage));
          }
          all.add(Delivery.soon(datagram));
          return all;
        });
    pair.shakeHands();
    for (int i = 0; i < 300; i++) {
      byte[] garbage = new byte[random.nextInt(200)];
      random.nextBytes(garbage);
      pair.run(() -> pair.arrive(true, garbage));
      pair.run(() -> pair.arrive(false, garbage.clone()));
    }
    assertTalking(pair);
  }

  @Test
  @Tag("once")
  void mutilatedHandshakesNeverThrow() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      DtlsPair pair = pair();
      pair.over(
          (fromClient, number, datagram) -> {
            byte[] mutant = datagram.clone();
            if (random.nextInt(3) == 0) {
              mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
            }
            return List.of(Delivery.soon(mutant));
          });
      pair.shakeHands(Duration.ofSeconds(9));
      if (pair.client.ready && pair.server.ready) {
        assertTalking(pair);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 300, 1_200})
  void handshakesFitIntoDatagramsOfAnySize(int size) {
    DtlsPair pair = new DtlsPair(new VirtualTime(1), security(KEY), security(KEY), size);
    pair.shakeHands();
    assertTalking(pair);
    assertThat(pair.toServer).allMatch(datagram -> datagram.length <= size);
    assertThat(pair.toClient).allMatch(datagram -> datagram.length <= size);
    int content = pair.client.flow().maximumContent(size);
    assertThat(content).isEqualTo(size - 13 - 8 - 16);
    pair.client.say("x".repeat(content));
    assertThat(pair.toServer.get(pair.toServer.size() - 1)).hasSize(size);
  }

  @Test
  void farewellEndsBothSides() {
    DtlsPair pair = pair().shakeHands();
    pair.client.say("last words");
    pair.run(pair.client.flow()::close);
    pair.pass();
    assertThat(pair.server.texts()).containsExactly("last words");
    assertThat(pair.server.events).containsExactly("heard", "ready", "closed");
    assertThat(pair.server.say("too late")).isEmpty();
    assertThat(pair.client.failure).isNull();
  }

  @Test
  void forgedAlertAfterTheHandshakeMeansNothing() {
    DtlsPair pair = pair().shakeHands();
    byte[] alert = {21, -2, -3, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
    pair.run(() -> pair.arrive(true, alert));
    pair.run(() -> pair.arrive(false, alert.clone()));
    assertTalking(pair);
  }

  @Test
  void lostLastFlightIsRepeatedWhenThePeerRepeatsIts() {
    int[] finished = {0};
    DtlsPair pair = pair();
    pair.over(
        (fromClient, number, datagram) -> {
          boolean last = !fromClient && pair.server.ready || datagram[0] == 20;
          return !fromClient && last && finished[0]++ < 2
              ? List.of()
              : List.of(Delivery.soon(datagram));
        });
    pair.shakeHands();
    assertThat(finished[0]).isEqualTo(3);
    assertTalking(pair);
  }
}
