package dev.earshot.security.tls.dtls;

import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.security.tls.psk.PskSecurity;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.Loop;
import dev.earshot.spi.StreamSecurity.Role;
import java.security.SecureRandom;
import java.util.List;

/** DTLS 1.2 with pre-shared keys, configured. Thread-safe. */
public final class PskDatagrams implements DatagramSecurity {
  private final PskSource source;
  private final List<DtlsSuite> suites;
  private final SecureRandom random = new SecureRandom();

  /** Protection with the keys of {@code security}. */
  public PskDatagrams(Security.Psk security) {
    this(security.source(), DtlsSuite.of(security.forwardSecrecyRequired()));
  }

  PskDatagrams(PskSource source, List<DtlsSuite> suites) {
    this.source = source;
    this.suites = suites;
  }

  /** What takes time is the same as with streams. */
  @Override
  public void prepare() {
    new PskSecurity(Security.psk(PreSharedKey.random("rehearsal")), random).prepare();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if a client has no key
   */
  @Override
  public SecuredFlow open(Role role, Place place, Events events) {
    if (role == Role.SERVER) {
      PskServerSide.Settings settings = new PskServerSide.Settings(source, suites, random);
      return new DtlsFlow(place, events, true, line -> new PskServerSide(line, place, settings));
    }
    PreSharedKey key = ownKey();
    return new DtlsFlow(place, events, false, line -> new PskClientSide(line, key, suites, random));
  }

  private PreSharedKey ownKey() {
    PreSharedKey key =
        source
            .own()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the source has keys for listeners only: its own() is empty"));
    if (key.isDestroyed()) {
      throw new IllegalStateException(key + " has been destroyed");
    }
    return key;
  }

  @Override
  public Doorkeeper doorkeeper(Loop loop) {
    return new CookieKeeper(loop, random);
  }
}
