package dev.earshot.security.tls.dtls;

import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.security.tls.pki.PkiSecurity;
import dev.earshot.security.tls.pki.TrustJudge;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.Loop;
import dev.earshot.spi.StreamSecurity.Role;
import java.security.SecureRandom;
import java.util.List;

/** DTLS 1.2 with certificates, configured. Thread-safe. */
public final class CertificateDatagrams implements DatagramSecurity {
  private final Security.Pki security;
  private final List<CertificateSuite> suites;
  private final TrustJudge judge;
  private final SecureRandom random = new SecureRandom();

  /**
   * Protection as {@code security} asks for.
   *
   * @throws IllegalArgumentException if its evaluator is not for connections
   */
  public CertificateDatagrams(Security.Pki security) {
    this(security, List.of(CertificateSuite.values()));
  }

  /** The same for a client that offers {@code suites} only. */
  CertificateDatagrams(Security.Pki security, List<CertificateSuite> suites) {
    this.security = security;
    this.suites = suites;
    this.judge = TrustJudge.of(security.trust());
  }

  /** What takes time is the same as with streams. */
  @Override
  public void prepare() {
    new PkiSecurity(security).prepare();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if this side's identity is missing or has been destroyed
   */
  @Override
  public SecuredFlow open(Role role, Place place, Events events) {
    if (role == Role.SERVER && security.identity().isEmpty()) {
      throw new IllegalStateException("an accepting side needs an identity, and there is none");
    }
    if (security.identity().map(Identity::isDestroyed).orElse(false)) {
      throw new IllegalStateException(security.identity().get() + " has been destroyed");
    }
    return role == Role.SERVER
        ? new DtlsFlow(
            place,
            events,
            true,
            line -> new CertificateServerSide(line, place, security, judge, random))
        : new DtlsFlow(
            place,
            events,
            false,
            line ->
                new CertificateClientSide(line, place, security.identity(), suites, judge, random));
  }

  @Override
  public Doorkeeper doorkeeper(Loop loop) {
    return new CookieKeeper(loop, random);
  }
}
