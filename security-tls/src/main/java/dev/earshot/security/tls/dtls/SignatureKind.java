package dev.earshot.security.tls.dtls;

import dev.earshot.HandshakeException.Reason;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.SignatureScheme;
import org.jspecify.annotations.Nullable;

/**
 * The signatures that are made and taken (RFC 5246, section 7.4.1.4.1; RFC 8422; RFC 8446, section
 * 4.2.3), dearest first: nothing of SHA-1 or MD5.
 */
enum SignatureKind {
  /** Curves, with SHA-256. */
  ECDSA_256(SignatureScheme.ecdsa_secp256r1_sha256, "SHA256withECDSA", "EC", null),
  /** Ed25519. */
  ED25519(SignatureScheme.ed25519, "Ed25519", "EdDSA", null),
  /** RSA-PSS with SHA-256. */
  PSS_256(SignatureScheme.rsa_pss_rsae_sha256, "RSASSA-PSS", "RSA", pss("SHA-256", 32)),
  /** Curves, with SHA-384. */
  ECDSA_384(SignatureScheme.ecdsa_secp384r1_sha384, "SHA384withECDSA", "EC", null),
  /** RSA-PSS with SHA-384. */
  PSS_384(SignatureScheme.rsa_pss_rsae_sha384, "RSASSA-PSS", "RSA", pss("SHA-384", 48)),
  /** RSA as it was, with SHA-256. */
  PKCS1_256(SignatureScheme.rsa_pkcs1_sha256, "SHA256withRSA", "RSA", null),
  /** RSA as it was, with SHA-384. */
  PKCS1_384(SignatureScheme.rsa_pkcs1_sha384, "SHA384withRSA", "RSA", null);

  private static final int P384_BITS = 384;

  private final int code;
  private final String algorithm;
  private final String keyAlgorithm;
  private final @Nullable PSSParameterSpec parameters;

  SignatureKind(
      int code, String algorithm, String keyAlgorithm, @Nullable PSSParameterSpec parameters) {
    this.code = code;
    this.algorithm = algorithm;
    this.keyAlgorithm = keyAlgorithm;
    this.parameters = parameters;
  }

  private static PSSParameterSpec pss(String hash, int salt) {
    return new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1);
  }

  int code() {
    return code;
  }

  /** All of them, as a list of codes. */
  static byte[] codes() {
    MessageWriter list = new MessageWriter();
    Arrays.stream(values()).forEach(kind -> list.number2(kind.code));
    return new MessageWriter().vector2(list.done()).done();
  }

  /** The one that a key like {@code key} makes and whose code is among {@code taken}. */
  static Optional<SignatureKind> of(PublicKey key, List<Integer> taken) {
    return Arrays.stream(values())
        .filter(kind -> taken.contains(kind.code) && kind.isMadeBy(key))
        .findFirst();
  }

  private boolean isMadeBy(PublicKey key) {
    if (key instanceof ECPublicKey curve) {
      boolean large = curve.getParams().getOrder().bitLength() >= P384_BITS;
      return this == (large ? ECDSA_384 : ECDSA_256);
    }
    return isFor(key);
  }

  private boolean isFor(PublicKey key) {
    String name = key.getAlgorithm();
    return name.equals(keyAlgorithm) || (this == ED25519 && name.equals("Ed25519"));
  }

  /** Signs {@code parts}, one after the other. */
  byte[] sign(PrivateKey key, byte[]... parts) throws DtlsFailure {
    try {
      Signature signature = newSignature();
      signature.initSign(key);
      for (byte[] part : parts) {
        signature.update(part);
      }
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new DtlsFailure(
          Reason.OTHER, AlertDescription.internal_error, "signing with our own key failed", e);
    }
  }

  /** Whether {@code proof} is the signature with {@code code} of {@code parts} by {@code key}. */
  static boolean isProof(int code, byte[] proof, PublicKey key, byte[]... parts) {
    for (SignatureKind kind : values()) {
      if (kind.code == code && kind.isFor(key)) {
        return kind.verifies(proof, key, parts);
      }
    }
    return false;
  }

  private boolean verifies(byte[] proof, PublicKey key, byte[]... parts) {
    try {
      Signature signature = newSignature();
      signature.initVerify(key);
      for (byte[] part : parts) {
        signature.update(part);
      }
      return signature.verify(proof);
    } catch (GeneralSecurityException e) {
      return false; // not even the form of a signature
    }
  }

  private Signature newSignature() throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    if (parameters != null) {
      signature.setParameter(parameters);
    }
    return signature;
  }
}
