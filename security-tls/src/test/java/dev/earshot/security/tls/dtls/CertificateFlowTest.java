package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Payload;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import dev.earshot.security.tls.dtls.DtlsPair.Delivery;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.testing.VirtualTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes with certificates between two of us, over a wire on which anything happens. */
class CertificateFlowTest {
  private static final Identity ADA = Identities.mint("Ada");
  private static final Identity BOB = Identities.mint("Bob");

  @TempDir Path directory;

  private static DatagramSecurity trusting(Identity own, Identity other) {
    return new CertificateDatagrams(Security.pki(own, TrustEvaluator.pinned(other.fingerprint())));
  }

  private static DtlsPair pair() {
    return DtlsPair.of(trusting(ADA, BOB), trusting(BOB, ADA));
  }

  private static void assertTalking(DtlsPair pair) {
    assertThat(pair.client.failure).isNull();
    assertThat(pair.server.failure).isNull();
    assertThat(pair.client.ready && pair.server.ready).isTrue();
    pair.over((fromClient, number, datagram) -> List.of(Delivery.soon(datagram)));
    pair.client.say("to the server");
    pair.server.say("to the client");
    pair.pass();
    assertThat(pair.server.texts()).contains("to the server");
    assertThat(pair.client.texts()).contains("to the client");
  }

  private static void assertReason(DtlsPair.End end, Reason reason) {
    assertThat(end.failure).isInstanceOf(HandshakeException.class);
    assertThat(((HandshakeException) end.failure).reason()).isEqualTo(reason);
  }

  @Test
  void bothSidesKnowWhoTheOtherIs() {
    DtlsPair pair = pair().shakeHands();
    assertTalking(pair);
    assertThat(pair.client.flow().metadata().peerFingerprint()).contains(BOB.fingerprint());
    assertThat(pair.server.flow().metadata().peerFingerprint()).contains(ADA.fingerprint());
    assertThat(pair.client.flow().metadata().cipherSuite())
        .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  }

  @Test
  void certificateThatIsNotTrustedIsRefusedByWhoeverSeesIt() {
    DtlsPair byClient = DtlsPair.of(trusting(ADA, ADA), trusting(BOB, ADA)).shakeHands();
    assertReason(byClient.client, Reason.NOT_TRUSTED);
    assertReason(byClient.server, Reason.NOT_TRUSTED_BY_PEER);
    DtlsPair byServer = DtlsPair.of(trusting(ADA, BOB), trusting(BOB, BOB)).shakeHands();
    assertReason(byServer.server, Reason.NOT_TRUSTED);
    assertReason(byServer.client, Reason.NOT_TRUSTED_BY_PEER);
    assertThat(byServer.client.ready).isFalse();
  }

  @Test
  void whoHasNoCertificateIsRefusedUnlessNobodyAsks() {
    DatagramSecurity nobody =
        new CertificateDatagrams(Security.pki(TrustEvaluator.pinned(BOB.fingerprint())));
    DtlsPair refused = DtlsPair.of(nobody, trusting(BOB, ADA)).shakeHands();
    assertReason(refused.server, Reason.NO_CERTIFICATE);
    DatagramSecurity open =
        new CertificateDatagrams(
            Security.pki(BOB, TrustEvaluator.pinned(ADA.fingerprint())).withoutClientCertificate());
    DtlsPair letIn = DtlsPair.of(nobody, open).shakeHands();
    assertTalking(letIn);
    assertThat(letIn.server.flow().metadata().peerCertificates()).isEmpty();
  }

  @Test
  void decisionMayTakeItsTimeAndNobodyIsReadyBefore() {
    CompletableFuture<Boolean> decision = new CompletableFuture<>();
    DatagramSecurity asking =
        new CertificateDatagrams(
            Security.pki(BOB, TrustEvaluator.callback(request -> decision, Runnable::run)));
    DtlsPair pair = DtlsPair.of(trusting(ADA, BOB), asking);
    pair.shakeHands(Duration.ofSeconds(3));
    assertThat(pair.client.ready || pair.server.ready).isFalse();
    decision.complete(true);
    pair.pass();
    assertTalking(pair);
  }

  @Test
  void decisionThatDoesNotComeIsRefusal() {
    DatagramSecurity asking =
        new CertificateDatagrams(
            Security.pki(
                ADA,
                TrustEvaluator.callback(request -> new CompletableFuture<>(), Runnable::run)
                    .within(Duration.ofSeconds(2))));
    DtlsPair pair = DtlsPair.of(asking, trusting(BOB, ADA)).shakeHands(Duration.ofSeconds(5));
    assertReason(pair.client, Reason.TRUST_TIMED_OUT);
    assertReason(pair.server, Reason.NOT_TRUSTED_BY_PEER);
  }

  @Test
  void lossRepetitionAndDisorderAtRandomEndInAgreement() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      DtlsPair pair =
          new DtlsPair(new VirtualTime(seed), trusting(ADA, BOB), trusting(BOB, ADA), 300);
      pair.over((fromClient, number, datagram) -> misfortune(random, datagram));
      pair.shakeHands(Duration.ofMinutes(20));
      assertThat(pair.client.ready && pair.server.ready).as("seed " + seed).isTrue();
      assertTalking(pair);
    }
  }

  private static List<Delivery> misfortune(Random random, byte[] datagram) {
    List<Delivery> copies = new ArrayList<>();
    for (int i = 0; i < 2 && random.nextInt(100) < 75; i++) {
      copies.add(new Delivery(datagram, Duration.ofMillis(1 + random.nextInt(40))));
      if (random.nextInt(100) < 80) {
        break;
      }
    }
    return copies;
  }

  @Test
  void mutilatedHandshakesNeverThrowAndNeverEndInTrust() {
    for (int seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      DtlsPair pair = pair();
      pair.over(
          (fromClient, number, datagram) -> {
            byte[] mutant = datagram.clone();
            mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
            return List.of(Delivery.soon(random.nextInt(3) == 0 ? mutant : datagram));
          });
      pair.shakeHands(Duration.ofSeconds(9));
      if (pair.client.ready && pair.server.ready) {
        assertTalking(pair);
      }
      if (pair.client.failure != null) {
        assertThat(pair.client.failure).hasMessageNotContaining("failed here");
      }
      if (pair.server.failure != null) {
        assertThat(pair.server.failure).hasMessageNotContaining("failed here");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-384", "ed25519"})
  void keysOfAllKinds(String kind) throws IOException, InterruptedException {
    Identity other = Pem.make(directory, "Other", kind);
    DtlsPair asClient = DtlsPair.of(trusting(other, BOB), trusting(BOB, other)).shakeHands();
    assertTalking(asClient);
    DtlsPair asServer = DtlsPair.of(trusting(ADA, other), trusting(other, ADA)).shakeHands();
    assertTalking(asServer);
    assertThat(asServer.client.flow().metadata().cipherSuite())
        .contains(kind.startsWith("rsa") ? "ECDHE_RSA" : "ECDHE_ECDSA");
  }

  @Test
  void farewellEndsBothSides() {
    DtlsPair pair = pair().shakeHands();
    pair.run(pair.server.flow()::close);
    pair.pass();
    assertThat(pair.client.events).containsExactly("heard", "ready", "closed");
    pair.run(() -> pair.client.flow().seal(Payload.utf8("x"), new byte[100], 0));
    pair.time.advance(Duration.ofMinutes(2));
    assertThat(pair.time.pendingTimers()).isZero();
  }
}
