package dev.earshot.security.tls.pki;

import dev.earshot.Endpoint;
import dev.earshot.TrustEvaluator;
import dev.earshot.TrustRequest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An evaluator with what it rests on, shared by all handshakes with the same parameters. Immutable.
 */
public final class TrustJudge {
  private final TrustEvaluator evaluator;
  private final @Nullable PlatformTrust platform;
  private final Supplier<Instant> clock;

  TrustJudge(TrustEvaluator evaluator, @Nullable PlatformTrust platform, Supplier<Instant> clock) {
    this.evaluator = evaluator;
    this.platform = platform;
    this.clock = clock;
  }

  /**
   * A judge by {@code evaluator}; reads the platform's authorities if they are asked for.
   *
   * @throws IllegalArgumentException if the evaluator is not for connections
   */
  public static TrustJudge of(TrustEvaluator evaluator) {
    if (evaluator instanceof TrustEvaluator.BySession) {
      throw new IllegalArgumentException(
          "TrustEvaluator.bySession() is for sessions, whose handler it asks; a connection takes"
              + " system(), pinned(..) or callback(..)");
    }
    PlatformTrust platform =
        evaluator instanceof TrustEvaluator.Platform ? PlatformTrust.ofSystem() : null;
    return new TrustJudge(evaluator, platform, Instant::now);
  }

  /** What is wrong with {@code chain} now, whoever trusts it. Quick. */
  public Optional<Objection> flaw(List<X509Certificate> chain) {
    return PeerChain.flaw(chain, clock.get());
  }

  /** Whether a verdict needs neither time nor anybody else. */
  public boolean isQuick() {
    return evaluator instanceof TrustEvaluator.Pinned;
  }

  /** Why {@code certificate} is not among those pinned; empty if it is, or nothing is pinned. */
  Optional<Objection> pinObjection(X509Certificate certificate) {
    boolean known =
        !(evaluator instanceof TrustEvaluator.Pinned pinned)
            || pinned.fingerprints().stream().anyMatch(print -> print.matches(certificate));
    return known
        ? Optional.empty()
        : Optional.of(
            Objection.notTrusted(
                "the peer's certificate "
                    + PeerChain.name(certificate)
                    + " has none of the fingerprints that are trusted here"));
  }

  /** What this judge will say about one peer, when it is asked. */
  public TrustVerdict about(TrustRequest request) {
    return new TrustVerdict(this, request);
  }

  TrustEvaluator evaluator() {
    return evaluator;
  }

  Optional<Objection> judgeByPlatform(
      List<X509Certificate> chain, boolean accepting, Endpoint endpoint) {
    PlatformTrust authorities = platform;
    if (authorities == null) {
      throw new IllegalStateException("the platform's authorities were not asked for");
    }
    return authorities.judge(chain, accepting, endpoint);
  }
}
