package dev.earshot.security.tls.psk;

import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.security.tls.engine.Rehearsal;
import dev.earshot.spi.StreamSecurity;
import java.security.SecureRandom;

/** TLS with pre-shared keys, configured. Thread-safe. */
public final class PskSecurity implements StreamSecurity {
  private final PskSource source;
  private final PskTerms terms;
  private final SecureRandom random;

  /** Protection with the keys of {@code security}. */
  public PskSecurity(Security.Psk security) {
    this(security, new SecureRandom());
  }

  /**
   * The same with a generator that others use too.
   *
   * @param random for everything that must not be guessed
   */
  public PskSecurity(Security.Psk security, SecureRandom random) {
    this(
        security.source(),
        PskTerms.of(security.versions(), security.forwardSecrecyRequired()),
        random);
  }

  PskSecurity(PskSource source, PskTerms terms, SecureRandom random) {
    this.source = source;
    this.terms = terms;
    this.random = random;
  }

  @Override
  public void prepare() {
    PreSharedKey key = PreSharedKey.random("rehearsal");
    PskSecurity both = new PskSecurity(PskSource.of(key), terms, random);
    new Rehearsal(
            both.open(Role.CLIENT, "itself").engine(), both.open(Role.SERVER, "itself").engine())
        .run();
    key.destroy();
  }

  @Override
  public SecuredStream open(Role role, String peer) {
    return new PskStream(new PskHandshake(role, source, terms, random), peer);
  }
}
