package dev.earshot.security.tls.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How TLS 1.3 makes secrets of secrets (RFC 8446, section 7.1). A secret is as long as the hash of
 * its suite: SHA-256, or SHA-384 for one of 48 bytes. All arrays are the caller's own.
 */
public final class KeySchedule {
  /** The length of SHA-256, to which pre-shared keys are bound here, in bytes. */
  public static final int HASH_BYTES = 32;

  private static final int LONGER_HASH_BYTES = 48;
  private static final String MAC = "HmacSHA256";
  private static final String LONGER_MAC = "HmacSHA384";
  private static final String PREFIX = "tls13 ";

  private KeySchedule() {}

  /** The binder that proves knowledge of {@code key} over {@code hello} (RFC 8446, 4.2.11.2). */
  public static byte[] externalBinder(byte[] key, byte[] hello) {
    byte[] early = extract(new byte[HASH_BYTES], key);
    byte[] binderKey = derive(early, "ext binder", new byte[0]);
    byte[] finishedKey = expandLabel(binderKey, "finished", new byte[0], HASH_BYTES);
    try {
      return mac(MAC, finishedKey, hash(hello));
    } finally {
      wipe(early, binderKey, finishedKey);
    }
  }

  /** HKDF-Extract (RFC 5869, section 2.2) with SHA-256. */
  static byte[] extract(byte[] salt, byte[] material) {
    return mac(MAC, salt, material);
  }

  /** Derive-Secret over the messages so far, with SHA-256. */
  static byte[] derive(byte[] secret, String label, byte[] messages) {
    return expandLabel(secret, label, hash(messages), HASH_BYTES);
  }

  /** HKDF-Expand-Label with the hash of {@code secret}, for at most one block of it. */
  static byte[] expandLabel(byte[] secret, String label, byte[] context, int length) {
    if (length > secret.length) {
      throw new IllegalArgumentException(length + " bytes of " + label);
    }
    byte[] name = (PREFIX + label).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer info = ByteBuffer.allocate(2 + 1 + name.length + 1 + context.length + 1);
    info.putShort((short) length);
    info.put((byte) name.length).put(name);
    info.put((byte) context.length).put(context);
    info.put((byte) 1); // RFC 5869, section 2.3: the number of the block
    String algorithm = secret.length == LONGER_HASH_BYTES ? LONGER_MAC : MAC;
    byte[] block = mac(algorithm, secret, info.array());
    if (length == block.length) {
      return block;
    }
    byte[] part = Arrays.copyOf(block, length);
    wipe(block);
    return part;
  }

  static void wipe(byte[]... secrets) {
    for (byte[] secret : secrets) {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static byte[] hash(byte[] messages) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(messages);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  private static byte[] mac(String algorithm, byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      // HMAC pads keys with zeros; the JDK wants at least one byte of key.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + algorithm, e);
    }
  }
}
