package dev.earshot.security.tls.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.tls.PRFAlgorithm;

/** The hash of a cipher suite: of the handshake, and of the function that makes keys of secrets. */
enum SuiteHash {
  /** RFC 5246, section 5. */
  SHA_256("SHA-256", PRFAlgorithm.tls_prf_sha256),
  /** RFC 5289, section 3.2. */
  SHA_384("SHA-384", PRFAlgorithm.tls_prf_sha384);

  private final String algorithm;
  private final int function;

  SuiteHash(String algorithm, int function) {
    this.algorithm = algorithm;
    this.function = function;
  }

  MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no " + algorithm, e);
    }
  }

  /** The pseudo-random function, in Bouncy Castle's terms. */
  int function() {
    return function;
  }
}
