package dev.earshot.security.tls.record;

import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import org.bouncycastle.crypto.ExtendedDigest;
import org.bouncycastle.tls.crypto.CryptoHashAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * A hash of the JDK's, which has the processor's instructions for it, as Bouncy Castle uses its
 * own: for transcripts, and for the HMACs that keys are derived with. Not thread-safe.
 */
final class HandshakeDigest implements ExtendedDigest {
  private static final MessageDigest SHA_256 = jdk("SHA-256");
  private static final MessageDigest SHA_384 = jdk("SHA-384");

  private final MessageDigest digest;

  /** How much is hashed at once, which HMAC has to know. */
  private final int blockBytes;

  private HandshakeDigest(MessageDigest digest, int blockBytes) {
    this.digest = digest;
    this.blockBytes = blockBytes;
  }

  /** A new one, if it is one that the suites here have; null if not. */
  static @Nullable HandshakeDigest of(int algorithm) {
    switch (algorithm) {
      case CryptoHashAlgorithm.sha256:
        return new HandshakeDigest(copy(SHA_256), 64);
      case CryptoHashAlgorithm.sha384:
        return new HandshakeDigest(copy(SHA_384), 128);
      default:
        return null;
    }
  }

  /** Another one that has hashed the same until now. */
  HandshakeDigest copy() {
    return new HandshakeDigest(copy(digest), blockBytes);
  }

  @Override
  public String getAlgorithmName() {
    return digest.getAlgorithm();
  }

  @Override
  public int getDigestSize() {
    return digest.getDigestLength();
  }

  @Override
  public int getByteLength() {
    return blockBytes;
  }

  @Override
  public void update(byte one) {
    digest.update(one);
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
  }

  @Override
  public int doFinal(byte[] target, int offset) {
    try {
      return digest.digest(target, offset, digest.getDigestLength());
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a digest", e);
    }
  }

  @Override
  public void reset() {
    digest.reset();
  }

  /** Looking one up costs more than copying one. */
  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this JDK's hashes cannot be copied", e);
    }
  }

  /** As the ciphers of records: whatever provider a program may have put first. */
  private static MessageDigest jdk(String name) {
    try {
      return MessageDigest.getInstance(name, "SUN");
    } catch (GeneralSecurityException e) {
      return other(name); // not every JDK calls it so, or has it there
    }
  }

  private static MessageDigest other(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + name, e);
    }
  }
}
