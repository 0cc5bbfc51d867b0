package dev.earshot.transport.netty;

import dev.earshot.Identity;
import io.netty.handler.codec.quic.BoringSSLAsyncPrivateKeyMethod;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.net.ssl.SSLEngine;

/** Signs with a key that never leaves its provider, such as hardware; on the loop. */
final class QuicSigning implements BoringSSLAsyncPrivateKeyMethod {
  private final Identity identity;

  QuicSigning(Identity identity) {
    this.identity = identity;
  }

  @Override
  public Future<byte[]> sign(SSLEngine engine, int algorithm, byte[] input) {
    try {
      Signature signature = signature(algorithm);
      signature.initSign(identity.privateKey());
      signature.update(input);
      return ImmediateEventExecutor.INSTANCE.newSucceededFuture(signature.sign());
    } catch (GeneralSecurityException | RuntimeException e) { // whatever its provider throws
      return ImmediateEventExecutor.INSTANCE.newFailedFuture(e);
    }
  }

  @Override
  public Future<byte[]> decrypt(SSLEngine engine, byte[] input) {
    return ImmediateEventExecutor.INSTANCE.newFailedFuture(
        new UnsupportedOperationException("TLS 1.3 never decrypts with a certificate's key"));
  }

  private static Signature signature(int algorithm) throws GeneralSecurityException {
    if (algorithm == SSL_SIGN_ECDSA_SECP256R1_SHA256) {
      return Signature.getInstance("SHA256withECDSA");
    }
    if (algorithm == SSL_SIGN_ECDSA_SECP384R1_SHA384) {
      return Signature.getInstance("SHA384withECDSA");
    }
    if (algorithm == SSL_SIGN_ED25519) {
      return Signature.getInstance("Ed25519");
    }
    if (algorithm == SSL_SIGN_RSA_PSS_RSAE_SHA256) {
      return pss("SHA-256", MGF1ParameterSpec.SHA256, 32);
    }
    if (algorithm == SSL_SIGN_RSA_PSS_RSAE_SHA384) {
      return pss("SHA-384", MGF1ParameterSpec.SHA384, 48);
    }
    if (algorithm == SSL_SIGN_RSA_PSS_RSAE_SHA512) {
      return pss("SHA-512", MGF1ParameterSpec.SHA512, 64);
    }
    throw new GeneralSecurityException("signature algorithm " + algorithm + " is not known");
  }

  /** RFC 8446, section 4.2.3: the salt is as long as the digest. */
  private static Signature pss(String digest, MGF1ParameterSpec mask, int salt)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(new PSSParameterSpec(digest, "MGF1", mask, salt, 1));
    return signature;
  }
}
