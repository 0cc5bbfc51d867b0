package dev.earshot.transport.netty;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Keys for masking frames.
 *
 * <p>RFC 6455, section 10.3: each must be unpredictable for those who choose the payload. They are
 * the key stream of AES in counter mode under a random key, made some thousand at a time; begun
 * when the first is asked for. Not safe for several threads.
 */
final class MaskKeys {
  private static final int BLOCK = 4 << 10;
  private static final int AES_BYTES = 16;

  private final byte[] zeros = new byte[BLOCK];
  private final byte[] block = new byte[BLOCK];

  /** Where the next key lies in {@code block}. */
  private int at = BLOCK;

  private @Nullable Cipher cipher;

  /** The next key; its lowest byte masks the first byte. */
  int next() {
    if (at == BLOCK) {
      refill();
    }
    int key = Masking.key(block, at);
    at += Integer.BYTES;
    return key;
  }

  private void refill() {
    try {
      if (cipher == null) {
        cipher = seeded();
      }
      cipher.update(zeros, 0, BLOCK, block);
      at = 0;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES in counter mode is missing from this Java", e);
    }
  }

  private static Cipher seeded() throws GeneralSecurityException {
    byte[] seed = new byte[2 * AES_BYTES];
    new SecureRandom().nextBytes(seed);
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(seed, 0, AES_BYTES, "AES"),
        new IvParameterSpec(seed, AES_BYTES, AES_BYTES));
    return cipher;
  }
}
