package dev.earshot.security.tls.pki;

import dev.earshot.Identity;
import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.jspecify.annotations.Nullable;

/**
 * An identity in Bouncy Castle's terms: certificates to show, and signatures by whatever provider
 * has the key, which may be hardware.
 */
final class OwnCertificate {
  private static final int P256_BITS = 256;
  private static final int P384_BITS = 384;

  private final Identity identity;
  private final List<Integer> schemes;

  OwnCertificate(Identity identity) {
    this.identity = identity;
    this.schemes = schemes(identity.certificate().getPublicKey());
  }

  /** Whether the suites of TLS 1.2 for RSA are its suites. */
  boolean isRsa() {
    return identity.certificate().getPublicKey().getAlgorithm().startsWith("RSA");
  }

  /**
   * What signs for this side.
   *
   * @param taken the signature algorithms that the peer takes
   * @param context for TLS 1.3, in which a certificate is asked for with it; else null
   * @return empty if the peer takes none that this key can make
   */
  Optional<TlsCredentialedSigner> signer(
      TlsCrypto crypto, @Nullable Vector<?> taken, boolean tls13, byte @Nullable [] context)
      throws IOException {
    for (int scheme : schemes) {
      SignatureAndHashAlgorithm algorithm = SignatureScheme.getSignatureAndHashAlgorithm(scheme);
      boolean usable = !tls13 || !isPkcs1(scheme);
      if (usable && taken != null && taken.contains(algorithm)) {
        return Optional.of(new Signer(identity, scheme, algorithm, chain(crypto, tls13, context)));
      }
    }
    return Optional.empty();
  }

  /** RFC 8446, 4.2.3: these are for certificates only. */
  private static boolean isPkcs1(int scheme) {
    return scheme == SignatureScheme.rsa_pkcs1_sha256 || scheme == SignatureScheme.rsa_pkcs1_sha384;
  }

  private static List<Integer> schemes(PublicKey key) {
    if (key instanceof ECPublicKey curve) {
      int bits = curve.getParams().getOrder().bitLength();
      return bits == P256_BITS
          ? List.of(SignatureScheme.ecdsa_secp256r1_sha256)
          : bits == P384_BITS ? List.of(SignatureScheme.ecdsa_secp384r1_sha384) : List.of();
    }
    return switch (key.getAlgorithm()) {
      case "RSA" -> List.of(SignatureScheme.rsa_pss_rsae_sha256, SignatureScheme.rsa_pkcs1_sha256);
      case "Ed25519", "EdDSA" -> List.of(SignatureScheme.ed25519);
      default -> List.of();
    };
  }

  /** Whether this module can sign with keys of this kind at all. */
  boolean isUsable() {
    return !schemes.isEmpty();
  }

  private Certificate chain(TlsCrypto crypto, boolean tls13, byte @Nullable [] context)
      throws IOException {
    List<X509Certificate> chain = identity.chain();
    CertificateEntry[] entries = new CertificateEntry[chain.size()];
    for (int i = 0; i < entries.length; i++) {
      try {
        TlsCertificate certificate = crypto.createCertificate(chain.get(i).getEncoded());
        entries[i] = new CertificateEntry(certificate, null);
      } catch (CertificateEncodingException e) {
        throw new IOException("a certificate of " + identity + " has no DER", e);
      }
    }
    byte[] none = tls13 ? TlsUtils.EMPTY_BYTES : null;
    return new Certificate(context == null ? none : context, entries);
  }

  /** Signs one handshake. */
  private static final class Signer implements TlsCredentialedSigner {
    private final Identity identity;
    private final int scheme;
    private final SignatureAndHashAlgorithm algorithm;
    private final Certificate chain;

    Signer(Identity identity, int scheme, SignatureAndHashAlgorithm algorithm, Certificate chain) {
      this.identity = identity;
      this.scheme = scheme;
      this.algorithm = algorithm;
      this.chain = chain;
    }

    @Override
    public Certificate getCertificate() {
      return chain;
    }

    @Override
    public SignatureAndHashAlgorithm getSignatureAndHashAlgorithm() {
      return algorithm;
    }

    /** Always the whole message: providers such as PKCS#11 and Ed25519 take no digests. */
    @Override
    public TlsStreamSigner getStreamSigner() {
      return SignatureStream.of(identity.privateKey(), scheme);
    }

    @Override
    public byte[] generateRawSignature(byte[] hash) {
      throw new IllegalStateException("signatures are made over whole messages");
    }
  }
}
