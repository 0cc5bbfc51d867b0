package dev.earshot.security.tls.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.earshot.Endpoint;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.TrustRequest;
import dev.earshot.security.tls.Identities;
import dev.earshot.spi.PeerTrust;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CertificateTrustTest {
  private static final Identity ADA = Identities.mint("ada");
  private static final Identity BEA = Identities.mint("bea");

  @Test
  void whatIsPinnedIsSaidAtOnce() {
    PeerTrust trust = trusting(TrustEvaluator.pinned(ADA.fingerprint()));
    assertThat(trust.objection(ADA.chain())).isEmpty();
    PeerTrust.Refusal refusal = trust.objection(BEA.chain()).orElseThrow();
    assertThat(refusal.reason()).isEqualTo(Reason.NOT_TRUSTED);
    assertThat(refusal.alert()).isEqualTo(42);
    assertThat(refusal.words()).contains("none of the fingerprints");
  }

  @Test
  void aCertificateThatHasExpiredIsRefusedWhoeverTrustsIt() {
    Instant later = Instant.now().plus(Identities.DEFAULT_VALIDITY).plus(Duration.ofDays(2));
    TrustEvaluator pinned = TrustEvaluator.pinned(ADA.fingerprint());
    PeerTrust trust = new CertificateTrust(new TrustJudge(pinned, null, () -> later));
    PeerTrust.Refusal refusal = trust.objection(ADA.chain()).orElseThrow();
    assertThat(refusal.reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED);
    assertThat(refusal.alert()).isEqualTo(45);
  }

  @Test
  void aChainWithoutEndIsRefused() {
    PeerTrust trust = trusting(TrustEvaluator.pinned(ADA.fingerprint()));
    assertThat(trust.objection(List.of())).isPresent();
    assertThat(trust.objection(Collections.nCopies(11, ADA.certificate()))).isPresent();
  }

  @Test
  void aDecisionIsWaitedForByNobody() {
    CompletableFuture<Boolean> decision = new CompletableFuture<>();
    PeerTrust trust =
        trusting(
            TrustEvaluator.callback(request -> decision, Runnable::run)
                .within(Duration.ofSeconds(3)));
    assertThat(trust.objection(BEA.chain())).isEmpty();
    PeerTrust.Verdict verdict = trust.about(request());
    verdict.ask();
    CompletableFuture<Optional<PeerTrust.Refusal>> reached =
        verdict.reached().toCompletableFuture();
    assertThat(reached).isNotDone();
    assertThat(verdict.patience()).isEqualTo(Duration.ofSeconds(3));
    assertThat(verdict.late().reason()).isEqualTo(Reason.TRUST_TIMED_OUT);
    decision.complete(true);
    assertThat(reached.join()).isEmpty();
  }

  @Test
  void aDecisionThatComesTooLateIsARefusal() {
    PeerTrust trust =
        trusting(TrustEvaluator.callback(request -> new CompletableFuture<>(), Runnable::run));
    PeerTrust.Verdict verdict = trust.about(request());
    verdict.ask();
    verdict.tooLate();
    assertThat(verdict.reached().toCompletableFuture().join().orElseThrow().reason())
        .isEqualTo(Reason.TRUST_TIMED_OUT);
  }

  @Test
  void anEvaluatorForSessionsIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> trusting(TrustEvaluator.bySession()));
  }

  private static PeerTrust trusting(TrustEvaluator evaluator) {
    return new CertificateTrust(Security.pki(ADA, evaluator));
  }

  private static TrustRequest request() {
    return new TrustRequest(
        BEA.chain(), Endpoint.hostPort("bea.local", 1), true, Optional.empty(), Optional.empty());
  }
}
