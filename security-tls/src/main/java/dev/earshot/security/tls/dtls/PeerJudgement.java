package dev.earshot.security.tls.dtls;

import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import dev.earshot.TrustRequest;
import dev.earshot.security.tls.pki.Objection;
import dev.earshot.security.tls.pki.TrustJudge;
import dev.earshot.security.tls.pki.TrustVerdict;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.Loop;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the peer's certificate is trusted: asked once, when the peer has proved that it is its
 * own, and waited for by nobody. On the flow's loop.
 */
final class PeerJudgement {
  private final DatagramSecurity.Place place;
  private final TrustJudge judge;
  private final boolean accepting;
  private List<X509Certificate> chain = List.of();
  private @Nullable TrustVerdict verdict;
  private Loop.@Nullable Timer deadline;
  private boolean over;

  /** What follows when there is a verdict. */
  interface Next {
    void go() throws DtlsFailure;
  }

  PeerJudgement(DatagramSecurity.Place place, TrustJudge judge, boolean accepting) {
    this.place = place;
    this.judge = judge;
    this.accepting = accepting;
  }

  /** The peer shows {@code certificates}: what nobody can let through is refused at once. */
  void shown(List<X509Certificate> certificates) throws DtlsFailure {
    chain = certificates;
    Optional<Objection> flaw = judge.flaw(certificates);
    if (flaw.isPresent()) {
      throw failure(flaw.get());
    }
  }

  List<X509Certificate> chain() {
    return chain;
  }

  /** Asks; {@code next} goes on when there is a verdict, perhaps inside this call. */
  void ask(String suite, Next next, HandshakeSide.Line line) throws DtlsFailure {
    TrustVerdict asked =
        judge.about(
            new TrustRequest(
                chain, place.endpoint(), accepting, Optional.of("DTLSv1.2"), Optional.of(suite)));
    verdict = asked;
    if (judge.isQuick()) {
      asked.ask(); // it is no work
      decided(asked, next);
      return;
    }
    deadline = place.loop().schedule(asked.patience(), asked::tooLate);
    asked.reached().thenAccept(any -> place.loop().execute(() -> settle(asked, next, line)));
    try {
      place.workers().execute(asked::ask);
    } catch (RejectedExecutionException closed) {
      asked.tooLate();
    }
  }

  private void settle(TrustVerdict asked, Next next, HandshakeSide.Line line) {
    if (over) {
      return;
    }
    try {
      decided(asked, next);
    } catch (DtlsFailure e) {
      line.failed(e);
    } catch (RuntimeException mistake) { // such as of a key that does not sign any more
      line.failed(DtlsFailure.here(mistake));
    }
  }

  private void decided(TrustVerdict asked, Next next) throws DtlsFailure {
    stopDeadline();
    Optional<Objection> objection = asked.objection();
    if (objection.isPresent()) {
      throw failure(objection.get());
    }
    next.go();
  }

  private static DtlsFailure failure(Objection objection) {
    return new DtlsFailure(objection.reason(), objection.alert(), objection.words());
  }

  /** What was settled with {@code suite}. */
  SecurityMetadata metadata(String suite) {
    return new SecurityMetadata("DTLSv1.2", suite, Optional.empty(), chain);
  }

  /** What takes so long, if it is the verdict. */
  Optional<NetworkException> suspicion(String peer) {
    TrustVerdict open = verdict;
    return open == null || open.isReached()
        ? Optional.empty()
        : Optional.of(failure(open.late()).explain(peer));
  }

  /** Nobody waits any more. */
  void end() {
    over = true;
    stopDeadline();
    if (verdict != null) {
      verdict.tooLate();
    }
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }
}
