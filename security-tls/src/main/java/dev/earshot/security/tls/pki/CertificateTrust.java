package dev.earshot.security.tls.pki;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.TrustRequest;
import dev.earshot.spi.PeerTrust;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.bouncycastle.tls.AlertDescription;

/** The judgement of certificates for engines that are not ours. Thread-safe. */
public final class CertificateTrust implements PeerTrust {
  private final TrustJudge judge;

  /**
   * Whom {@code security} trusts.
   *
   * @throws IllegalArgumentException if its evaluator is not for connections
   */
  public CertificateTrust(Security.Pki security) {
    this(TrustJudge.of(security.trust()));
  }

  CertificateTrust(TrustJudge judge) {
    this.judge = judge;
  }

  @Override
  public Optional<Refusal> objection(List<X509Certificate> chain) {
    if (chain.isEmpty() || chain.size() > Identity.MAXIMUM_CHAIN) {
      String words = "the peer has shown a chain of " + chain.size() + " certificates";
      return Optional.of(
          new Refusal(Reason.PROTOCOL_ERROR, AlertDescription.bad_certificate, words));
    }
    Optional<Objection> flaw;
    try {
      flaw = judge.flaw(chain);
    } catch (RuntimeException e) { // certificates are read late, and may turn out unreadable
      String words = "the peer has shown a certificate that cannot be read";
      return Optional.of(
          new Refusal(Reason.PROTOCOL_ERROR, AlertDescription.bad_certificate, words));
    }
    if (flaw.isEmpty() && judge.isQuick()) {
      return judge.pinObjection(chain.get(0)).map(CertificateTrust::refusal);
    }
    return flaw.map(CertificateTrust::refusal);
  }

  @Override
  public Verdict about(TrustRequest request) {
    return new Asked(judge.about(request));
  }

  private static Refusal refusal(Objection objection) {
    return new Refusal(objection.reason(), objection.alert(), objection.words());
  }

  /** A verdict in the transport's terms. */
  private static final class Asked implements Verdict {
    private final TrustVerdict verdict;

    Asked(TrustVerdict verdict) {
      this.verdict = verdict;
    }

    @Override
    public void ask() {
      verdict.ask();
    }

    @Override
    public CompletionStage<Optional<Refusal>> reached() {
      return verdict.reached().thenApply(objection -> objection.map(CertificateTrust::refusal));
    }

    @Override
    public Duration patience() {
      return verdict.patience();
    }

    @Override
    public void tooLate() {
      verdict.tooLate();
    }

    @Override
    public Refusal late() {
      return refusal(verdict.late());
    }
  }
}
