package dev.earshot.security.tls.pki;

import dev.earshot.Security;

/** Protection that speaks one version only; no user can ask for TLS 1.2 alone. */
final class Versioned {
  private Versioned() {}

  static PkiSecurity of(Security.Pki security, String version) {
    boolean newer = version.equals("TLSv1.3");
    return newer
        ? new PkiSecurity(security.requireTls13())
        : PkiSecurity.upToTls12(security, TrustJudge.of(security.trust()));
  }
}
