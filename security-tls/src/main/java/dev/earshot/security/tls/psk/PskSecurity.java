package dev.earshot.security.tls.psk;

import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.security.tls.engine.Rehearsal;
import dev.earshot.spi.StreamSecurity;
import java.security.SecureRandom;
import java.util.List;

/** TLS with pre-shared keys, configured. Thread-safe. */
public final class PskSecurity implements StreamSecurity {
  private final PskSource source;
  private final List<PskSuite> suites;
  private final SecureRandom random = new SecureRandom();

  /** Protection with the keys of {@code security}. */
  public PskSecurity(Security.Psk security) {
    this(security.source(), PskSuite.of(security.versions(), security.forwardSecrecyRequired()));
  }

  PskSecurity(PskSource source, List<PskSuite> suites) {
    this.source = source;
    this.suites = suites;
  }

  @Override
  public void prepare() {
    PreSharedKey key = PreSharedKey.random("rehearsal");
    PskSecurity both = new PskSecurity(PskSource.of(key), suites);
    new Rehearsal(
            both.open(Role.CLIENT, "itself").engine(), both.open(Role.SERVER, "itself").engine())
        .run();
    key.destroy();
  }

  @Override
  public SecuredStream open(Role role, String peer) {
    return new PskStream(new PskHandshake(role, source, suites, random), peer);
  }
}
