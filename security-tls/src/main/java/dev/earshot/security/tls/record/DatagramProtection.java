package dev.earshot.security.tls.record;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * What protects the records of one DTLS 1.2 epoch, in both directions (RFC 6347, section 4.1.2).
 * Not thread-safe.
 *
 * <p>A record is told by its number, epoch and sequence number together, which travels with it:
 * records may be opened in any order, and whoever seals must never use a number twice. Works on
 * heap arrays, on which the JDK's cipher is fastest.
 */
public final class DatagramProtection {
  /** Type, version, epoch, sequence number, length (RFC 6347, section 4.1). */
  public static final int HEADER_BYTES = 13;

  private static final int NUMBER_BYTES = 8;

  /** Number, type, version, length of the content (RFC 6347, section 4.1.2.1). */
  private static final int ADDITIONAL_DATA_BYTES = 13;

  private static final int NUMBER_AT = 3;

  private final RecordAlgorithm algorithm;
  private final Direction out;
  private final Direction in;
  private long blocks;

  private DatagramProtection(RecordAlgorithm algorithm, Direction out, Direction in) {
    this.algorithm = algorithm;
    this.out = out;
    this.in = in;
  }

  /**
   * The protection that a key block gives, which is overwritten.
   *
   * @param server whether this side is the server
   */
  public static DatagramProtection of(RecordAlgorithm algorithm, byte[] keyBlock, boolean server) {
    try {
      return new DatagramProtection(
          algorithm,
          new Direction(algorithm, keyBlock, Cipher.ENCRYPT_MODE, server),
          new Direction(algorithm, keyBlock, Cipher.DECRYPT_MODE, !server));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + algorithm, e);
    } finally {
      Arrays.fill(keyBlock, (byte) 0);
    }
  }

  /** How much longer a record is than its content, header included. */
  public int overhead() {
    return HEADER_BYTES + algorithm.overhead();
  }

  /** Whether the key has protected so much that nothing but a farewell may follow. */
  public boolean usedUp() {
    return blocks >= algorithm.maximumBlocks() - RecordSealer.RESERVE;
  }

  /**
   * Writes a whole record with {@code length} bytes of {@code source} to {@code target}, where its
   * {@linkplain #putHeader header} is written already but for the length.
   *
   * @param record where the record begins in {@code target}
   * @return the record's length
   */
  public int seal(byte[] source, int offset, int length, byte[] target, int record) {
    count(RecordAlgorithm.blocks(length));
    try {
      int body = record + HEADER_BYTES;
      int explicit = algorithm.explicitNonceBytes();
      // RFC 5288, section 3: the explicit part may be the record's number, which never repeats.
      System.arraycopy(target, record + NUMBER_AT, target, body, explicit);
      Cipher ready = out.ready(target, record, body, length);
      int sealed = ready.doFinal(source, offset, length, target, body + explicit);
      putLength(target, record, explicit + sealed);
      return HEADER_BYTES + explicit + sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing a record of " + length + " bytes", e);
    }
  }

  void count(long more) {
    if (more > algorithm.maximumBlocks() - blocks) {
      throw new IllegalStateException("the key has protected too much");
    }
    blocks += more;
  }

  /**
   * The content of the record of {@code length} bytes, header included, at {@code record}.
   *
   * @throws AEADBadTagException if it is not as the peer sealed it
   */
  public byte[] open(byte[] source, int record, int length) throws AEADBadTagException {
    int content = length - overhead();
    if (content < 0) {
      throw new AEADBadTagException("a record of " + length + " bytes is too short");
    }
    try {
      int body = record + HEADER_BYTES;
      int explicit = algorithm.explicitNonceBytes();
      byte[] target = new byte[content];
      in.ready(source, record, body, content)
          .doFinal(source, body + explicit, length - HEADER_BYTES - explicit, target, 0);
      return target;
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening a record of " + length + " bytes", e);
    }
  }

  /**
   * Writes the header of a DTLS 1.2 record.
   *
   * @param number the epoch in the upper 16 bits, the sequence number in the others
   */
  public static void putHeader(byte[] target, int at, int type, long number, int length) {
    target[at] = (byte) type;
    target[at + 1] = (byte) 0xFE; // {254, 253} is version 1.2
    target[at + 2] = (byte) 0xFD;
    for (int i = 0; i < NUMBER_BYTES; i++) {
      target[at + NUMBER_AT + i] = (byte) (number >>> (56 - 8 * i));
    }
    putLength(target, at, length);
  }

  private static void putLength(byte[] target, int at, int length) {
    target[at + HEADER_BYTES - 2] = (byte) (length >>> 8);
    target[at + HEADER_BYTES - 1] = (byte) length;
  }

  /** The key and the nonces of one direction. */
  private static final class Direction {
    private final RecordAlgorithm algorithm;
    private final int mode;
    private Cipher cipher;
    private final SecretKeySpec key;
    private final byte[] fixedNonce;
    private final byte[] nonce = new byte[RecordAlgorithm.NONCE_BYTES];
    private final byte[] lastNonce = new byte[RecordAlgorithm.NONCE_BYTES];
    private final byte[] additionalData = new byte[ADDITIONAL_DATA_BYTES];

    Direction(RecordAlgorithm algorithm, byte[] keyBlock, int mode, boolean serverKey)
        throws GeneralSecurityException {
      // RFC 5246, section 6.3: client key, server key, client nonce, server nonce.
      int keyAt = serverKey ? algorithm.keyBytes() : 0;
      int fixed = algorithm.fixedNonceBytes();
      int nonceAt = 2 * algorithm.keyBytes() + (serverKey ? fixed : 0);
      this.algorithm = algorithm;
      this.mode = mode;
      this.cipher = algorithm.newCipher();
      this.key = algorithm.key(keyBlock, keyAt);
      this.fixedNonce = Arrays.copyOfRange(keyBlock, nonceAt, nonceAt + fixed);
    }

    /** The cipher for the record whose header and explicit nonce are in {@code bytes}. */
    Cipher ready(byte[] bytes, int record, int body, int content) throws GeneralSecurityException {
      System.arraycopy(fixedNonce, 0, nonce, 0, fixedNonce.length);
      if (algorithm.explicitNonceBytes() > 0) {
        System.arraycopy(bytes, body, nonce, fixedNonce.length, algorithm.explicitNonceBytes());
      } else {
        // RFC 7905, section 2: the number, padded on the left, xor the fixed nonce.
        int shift = nonce.length - NUMBER_BYTES;
        for (int i = 0; i < NUMBER_BYTES; i++) {
          nonce[shift + i] ^= bytes[record + NUMBER_AT + i];
        }
      }
      System.arraycopy(bytes, record + NUMBER_AT, additionalData, 0, NUMBER_BYTES);
      System.arraycopy(bytes, record, additionalData, NUMBER_BYTES, 3); // type and version
      additionalData[ADDITIONAL_DATA_BYTES - 2] = (byte) (content >>> 8);
      additionalData[ADDITIONAL_DATA_BYTES - 1] = (byte) content;
      refreshIfRepeated();
      cipher.init(mode, key, algorithm.parameters(nonce));
      cipher.updateAAD(additionalData);
      return cipher;
    }

    /**
     * The JDK's ChaCha20-Poly1305 refuses the nonce that it had last, even to open. Anybody can
     * forge a record with any number, and must not keep the true one with that number out.
     */
    private void refreshIfRepeated() throws GeneralSecurityException {
      if (mode == Cipher.DECRYPT_MODE && Arrays.equals(nonce, lastNonce)) {
        cipher = algorithm.newCipher();
      }
      System.arraycopy(nonce, 0, lastNonce, 0, nonce.length);
    }
  }
}
