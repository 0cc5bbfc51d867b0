package dev.earshot.security.tls.pki;

import static dev.earshot.TlsVersion.TLS_1_2;
import static dev.earshot.TlsVersion.TLS_1_3;

import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.TlsVersion;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.engine.Rehearsal;
import dev.earshot.spi.StreamSecurity;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** TLS with certificates, configured. Thread-safe. */
public final class PkiSecurity implements StreamSecurity {
  /** For whoever does not say where a peer is: a name that nobody is certified for. */
  private static final Endpoint UNKNOWN = Endpoint.hostPort("unknown.invalid", 1);

  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final Security.Pki security;
  private final TrustJudge judge;
  private final Set<TlsVersion> versions;
  private final SecureRandom random = new SecureRandom();

  /**
   * Protection as {@code security} asks for.
   *
   * @throws IllegalArgumentException if its evaluator is not for connections
   */
  public PkiSecurity(Security.Pki security) {
    this(security, TrustJudge.of(security.trust()));
  }

  PkiSecurity(Security.Pki security, TrustJudge judge) {
    this(security, judge, security.tls13Required() ? Set.of(TLS_1_3) : Set.of(TLS_1_2, TLS_1_3));
  }

  private PkiSecurity(Security.Pki security, TrustJudge judge, Set<TlsVersion> versions) {
    this.security = security;
    this.judge = judge;
    this.versions = versions;
  }

  /** As an older peer would have it. */
  static PkiSecurity upToTls12(Security.Pki security, TrustJudge judge) {
    return new PkiSecurity(security, judge, Set.of(TLS_1_2));
  }

  @Override
  public void prepare() {
    Instant now = Instant.now();
    Identity self =
        CertificateMint.selfSigned(
            false,
            new CertificateMint.Wording(
                "rehearsal", List.of(), now.minus(AN_HOUR), now.plus(AN_HOUR)));
    Security.Pki own = Security.pki(self, TrustEvaluator.pinned(self.fingerprint()));
    PkiSecurity both = new PkiSecurity(own, TrustJudge.of(own.trust()), versions);
    new Rehearsal(
            both.open(Role.CLIENT, "itself").engine(), both.open(Role.SERVER, "itself").engine())
        .run();
    self.destroy();
  }

  @Override
  public SecuredStream open(Role role, String peer) {
    return open(role, peer, UNKNOWN);
  }

  @Override
  public SecuredStream open(Role role, String peer, Endpoint endpoint) {
    return new PkiStream(
        new PkiHandshake(role, PkiTerms.of(security, versions, endpoint), judge, random), peer);
  }
}
