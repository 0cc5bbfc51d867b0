package dev.earshot.security.tls.record;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The ciphers that protect records, and how each makes its nonces in TLS 1.2; in TLS 1.3 both do it
 * as RFC 7905 says.
 *
 * <p>Always the JDK's implementation where there is one: Bouncy Castle's AES-GCM is about seventy
 * times slower, and a program may have put that provider first.
 */
public enum RecordAlgorithm {
  /** RFC 5288: four fixed bytes of nonce, and eight that travel with each record. */
  AES_128_GCM("AES", "AES/GCM/NoPadding", 16, 4, 8),
  /** The same with a key twice as long. */
  AES_256_GCM("AES", "AES/GCM/NoPadding", 32, 4, 8),
  /** RFC 7905: a fixed nonce of twelve bytes, combined with the sequence number. */
  CHACHA20_POLY1305("ChaCha20", "ChaCha20-Poly1305", 32, 12, 0);

  static final int NONCE_BYTES = 12;
  static final int TAG_BYTES = 16;
  private static final int BLOCK_BYTES = 16;

  /** Null if this JDK calls it otherwise. Not looked up by name for each cipher. */
  private static final @Nullable Provider JDK = Security.getProvider("SunJCE");

  /** In blocks: what one key may protect. */
  private static final long GCM_BLOCKS = 1L << 34;

  private final String keyName;
  private final String transformation;
  private final int keyBytes;
  private final int fixedNonceBytes;
  private final int explicitNonceBytes;

  RecordAlgorithm(
      String keyName,
      String transformation,
      int keyBytes,
      int fixedNonceBytes,
      int explicitNonceBytes) {
    this.keyName = keyName;
    this.transformation = transformation;
    this.keyBytes = keyBytes;
    this.fixedNonceBytes = fixedNonceBytes;
    this.explicitNonceBytes = explicitNonceBytes;
  }

  /** How much longer a record's body is than its content, in TLS 1.2. */
  public int overhead() {
    return explicitNonceBytes + TAG_BYTES;
  }

  /** How many bytes of key block two directions take (RFC 5246, section 6.3). */
  public int keyBlockBytes() {
    return 2 * (keyBytes + fixedNonceBytes);
  }

  int keyBytes() {
    return keyBytes;
  }

  int fixedNonceBytes() {
    return fixedNonceBytes;
  }

  int explicitNonceBytes() {
    return explicitNonceBytes;
  }

  /**
   * How many blocks one key may protect before it must be given up.
   *
   * <p>RFC 8446, section 5.5: 2^24.5 full records for AES-GCM, each of 2^10 blocks; a little less
   * here. ChaCha20-Poly1305 has no such limit.
   */
  long maximumBlocks() {
    return this == CHACHA20_POLY1305 ? Long.MAX_VALUE : GCM_BLOCKS;
  }

  /** What a record with {@code length} bytes of content uses up of {@link #maximumBlocks}. */
  static long blocks(int length) {
    return length / BLOCK_BYTES + 3; // the broken block, the additional data and the lengths
  }

  SecretKeySpec key(byte[] block, int offset) {
    return new SecretKeySpec(block, offset, keyBytes, keyName);
  }

  Cipher newCipher() throws GeneralSecurityException {
    return JDK == null
        ? Cipher.getInstance(transformation)
        : Cipher.getInstance(transformation, JDK);
  }

  AlgorithmParameterSpec parameters(byte[] nonce) {
    return this == CHACHA20_POLY1305
        ? new IvParameterSpec(nonce)
        : new GCMParameterSpec(TAG_BYTES * 8, nonce);
  }
}
