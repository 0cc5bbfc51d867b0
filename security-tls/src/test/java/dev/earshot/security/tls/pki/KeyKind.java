package dev.earshot.security.tls.pki;

import dev.earshot.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What kinds of keys certificates have in tests. */
enum KeyKind {
  P256("PKI, P-256"),
  ED25519("PKI, Ed25519"),
  RSA("PKI, RSA");

  private final String label;

  KeyKind(String label) {
    this.label = label;
  }

  /** For the table of interoperability. */
  String label() {
    return label;
  }

  /** An identity for {@code name}, which is its own authority. */
  Identity mint(String name) throws Exception {
    if (this == RSA) {
      return RsaIdentity.selfSigned(name, 2048);
    }
    Instant now = Instant.now();
    return CertificateMint.selfSigned(
        this == ED25519,
        new CertificateMint.Wording(
            name,
            List.of("den.local"),
            now.minus(Duration.ofDays(1)),
            now.plus(Duration.ofDays(1))));
  }
}
