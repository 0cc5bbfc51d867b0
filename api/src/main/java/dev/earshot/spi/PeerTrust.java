package dev.earshot.spi;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.TrustRequest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Whether peers' certificates are trusted, for a transport whose engine shakes hands by itself, as
 * that of QUIC does. Configured; thread-safe.
 *
 * <p>The engine has to have checked that a peer owns the key of its certificate.
 */
public interface PeerTrust {

  /**
   * What speaks at once against {@code chain}, the owner's certificate first: what no evaluator can
   * let through, and what is not pinned. Quick; empty does not yet mean trust.
   */
  Optional<Refusal> objection(List<X509Certificate> chain);

  /** What will be said about one peer, when it is asked. */
  Verdict about(TrustRequest request);

  /**
   * Why a peer is not let in. Immutable.
   *
   * @param reason for programs
   * @param alert the description of the TLS alert that tells the peer (RFC 8446, section 6.2)
   * @param words what is wrong, with whose certificate, for people
   */
  record Refusal(Reason reason, int alert, String words) {}

  /** A decision about one peer, for which no thread waits. Thread-safe. */
  interface Verdict {
    /** Asks; to be called once, on a worker: it may be work. */
    void ask();

    /** The verdict, empty if the peer is trusted; completes on any thread, and never fails. */
    CompletionStage<Optional<Refusal>> reached();

    /** How long it may take. */
    Duration patience();

    /** That time is over, or nobody wants to know: unless it is reached, it is a refusal. */
    void tooLate();

    /** The refusal that {@link #tooLate} makes it. */
    Refusal late();
  }
}
