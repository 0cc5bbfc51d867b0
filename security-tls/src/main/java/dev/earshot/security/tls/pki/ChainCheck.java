package dev.earshot.security.tls.pki;

import dev.earshot.TrustRequest;
import dev.earshot.security.tls.engine.Question;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/**
 * What is done about the certificates that a peer shows: what nobody can let through, and what is
 * not pinned, is refused on the spot; anything else is a question, asked when the peer has proved
 * that the certificate is its own. Used by one thread at a time.
 */
final class ChainCheck {
  private final TrustJudge judge;
  private final PkiTerms terms;
  private final boolean accepting;
  private final PkiFacts facts;
  private @Nullable TrustVerdict verdict;

  ChainCheck(TrustJudge judge, PkiTerms terms, boolean accepting, PkiFacts facts) {
    this.judge = judge;
    this.terms = terms;
    this.accepting = accepting;
    this.facts = facts;
  }

  /** The peer shows {@code certificates}. */
  void shown(Certificate certificates, TlsContext context) throws IOException {
    List<X509Certificate> chain = PeerChain.read(certificates);
    if (chain.isEmpty()) {
      throw new TlsFatalAlert(AlertDescription.decode_error);
    }
    facts.chain(chain, context);
    Optional<Objection> flaw = judge.flaw(chain);
    if (flaw.isPresent()) {
      throw refused(flaw.get());
    }
    TrustVerdict asked =
        judge.about(
            new TrustRequest(
                chain, terms.endpoint(), accepting, facts.protocol(), facts.cipherSuite()));
    if (judge.isQuick()) {
      asked.ask(); // it is no work
      Optional<Objection> objection = asked.objection();
      if (objection.isPresent()) {
        throw refused(objection.get());
      }
      return;
    }
    verdict = asked;
  }

  private TlsFatalAlert refused(Objection objection) {
    facts.objection(objection);
    return new TlsFatalAlert(objection.alert());
  }

  /** What has to be asked before the peer is believed; null if nothing, or it is answered. */
  @Nullable Question question() {
    TrustVerdict open = verdict;
    return open == null || open.isReached() ? null : new Asking(open);
  }

  /** Why the peer is refused; null if it is not, or nobody has decided yet. */
  @Nullable Objection objection() {
    TrustVerdict open = verdict;
    return open == null ? null : open.objection().orElse(null);
  }

  /** What a decision is waited for, if it is. May be called on any thread. */
  Optional<TrustVerdict> open() {
    TrustVerdict open = verdict;
    return open == null || open.isReached() ? Optional.empty() : Optional.of(open);
  }

  /** Nobody waits any more. */
  void abandon() {
    TrustVerdict open = verdict;
    if (open != null) {
      open.tooLate();
    }
  }

  /** A verdict in the engine's terms. */
  private static final class Asking implements Question {
    private final TrustVerdict verdict;

    Asking(TrustVerdict verdict) {
      this.verdict = verdict;
    }

    @Override
    public void ask() {
      verdict.ask();
    }

    @Override
    public CompletionStage<Void> answered() {
      return verdict.reached().thenAccept(objection -> {});
    }
  }
}
