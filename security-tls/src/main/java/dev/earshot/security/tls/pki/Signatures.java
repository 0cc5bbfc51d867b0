package dev.earshot.security.tls.pki;

import java.util.List;
import java.util.Vector;
import java.util.stream.Collectors;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;

/** The signatures that are taken from peers (RFC 8446, section 4.2.3): nothing of SHA-1 or MD5. */
final class Signatures {
  private static final List<Integer> TAKEN =
      List.of(
          SignatureScheme.ecdsa_secp256r1_sha256,
          SignatureScheme.ed25519,
          SignatureScheme.rsa_pss_rsae_sha256,
          SignatureScheme.ecdsa_secp384r1_sha384,
          SignatureScheme.rsa_pss_rsae_sha384,
          SignatureScheme.rsa_pss_rsae_sha512,
          SignatureScheme.rsa_pkcs1_sha256,
          SignatureScheme.rsa_pkcs1_sha384,
          SignatureScheme.rsa_pkcs1_sha512);

  private Signatures() {}

  /** All of them, dearest first, as Bouncy Castle wants them. */
  static Vector<SignatureAndHashAlgorithm> taken() {
    return TAKEN.stream()
        .map(SignatureScheme::getSignatureAndHashAlgorithm)
        .collect(Collectors.toCollection(Vector::new));
  }
}
