package dev.earshot.security.tls.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How TLS 1.3 makes secrets of secrets (RFC 8446, section 7.1), with SHA-256, which is the hash of
 * all suites here. All arrays are the caller's own.
 */
public final class KeySchedule {
  /** The length of the hash, and of every secret, in bytes. */
  public static final int HASH_BYTES = 32;

  private static final String MAC = "HmacSHA256";
  private static final String PREFIX = "tls13 ";

  private KeySchedule() {}

  /** The binder that proves knowledge of {@code key} over {@code hello} (RFC 8446, 4.2.11.2). */
  public static byte[] externalBinder(byte[] key, byte[] hello) {
    byte[] early = extract(new byte[HASH_BYTES], key);
    byte[] binderKey = derive(early, "ext binder", new byte[0]);
    byte[] finishedKey = expandLabel(binderKey, "finished", new byte[0], HASH_BYTES);
    try {
      return mac(finishedKey, hash(hello));
    } finally {
      wipe(early, binderKey, finishedKey);
    }
  }

  /** HKDF-Extract (RFC 5869, section 2.2). */
  static byte[] extract(byte[] salt, byte[] material) {
    return mac(salt, material);
  }

  /** Derive-Secret over the messages so far. */
  static byte[] derive(byte[] secret, String label, byte[] messages) {
    return expandLabel(secret, label, hash(messages), HASH_BYTES);
  }

  /** HKDF-Expand-Label, for at most one block of the hash. */
  static byte[] expandLabel(byte[] secret, String label, byte[] context, int length) {
    if (length > HASH_BYTES) {
      throw new IllegalArgumentException(length + " bytes of " + label);
    }
    byte[] name = (PREFIX + label).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer info = ByteBuffer.allocate(2 + 1 + name.length + 1 + context.length + 1);
    info.putShort((short) length);
    info.put((byte) name.length).put(name);
    info.put((byte) context.length).put(context);
    info.put((byte) 1); // RFC 5869, section 2.3: the number of the block
    byte[] block = mac(secret, info.array());
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

  private static byte[] mac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance(MAC);
      // HMAC pads keys with zeros; the JDK wants at least one byte of key.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, MAC));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + MAC, e);
    }
  }
}
