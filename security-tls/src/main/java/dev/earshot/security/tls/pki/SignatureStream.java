package dev.earshot.security.tls.pki;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsStreamSigner;

/** One signature by the JDK's providers, which choose whichever has the key. */
final class SignatureStream extends OutputStream implements TlsStreamSigner {
  private static final int SALT_BYTES = 32; // RFC 8446, 4.2.3: as long as the digest

  private final Signature signature;

  private SignatureStream(Signature signature) {
    this.signature = signature;
  }

  static SignatureStream of(PrivateKey key, int scheme) {
    try {
      Signature made = Signature.getInstance(name(scheme));
      if (scheme == SignatureScheme.rsa_pss_rsae_sha256) {
        made.setParameter(
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, SALT_BYTES, 1));
      }
      made.initSign(key);
      return new SignatureStream(made);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this side's key does not sign: " + e.getMessage(), e);
    }
  }

  private static String name(int scheme) {
    return switch (scheme) {
      case SignatureScheme.ecdsa_secp256r1_sha256 -> "SHA256withECDSA";
      case SignatureScheme.ecdsa_secp384r1_sha384 -> "SHA384withECDSA";
      case SignatureScheme.ed25519 -> "EdDSA";
      case SignatureScheme.rsa_pss_rsae_sha256 -> "RSASSA-PSS";
      case SignatureScheme.rsa_pkcs1_sha256 -> "SHA256withRSA";
      default -> throw new IllegalArgumentException("signature scheme " + scheme);
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return this;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      signature.update(bytes, from, length);
    } catch (SignatureException e) {
      throw new TlsFatalAlert(AlertDescription.internal_error, e);
    }
  }

  @Override
  public byte[] getSignature() throws IOException {
    try {
      return signature.sign();
    } catch (SignatureException e) {
      throw new TlsFatalAlert(AlertDescription.internal_error, e);
    }
  }
}
