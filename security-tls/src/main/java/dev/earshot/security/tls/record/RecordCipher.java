package dev.earshot.security.tls.record;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key, the nonces and the sequence number of one direction, and how a version of TLS puts
 * records together. Not thread-safe.
 *
 * <p>Makes the JDK's cipher ready for one record after the other.
 */
abstract class RecordCipher {
  static final int SEQUENCE_BYTES = 8;
  private static final int SHIFT = RecordAlgorithm.NONCE_BYTES - SEQUENCE_BYTES;

  private final RecordAlgorithm algorithm;
  private final int mode;
  private final Cipher cipher;
  private final byte[] nonce = new byte[RecordAlgorithm.NONCE_BYTES];
  private final byte[] fixedNonce = new byte[RecordAlgorithm.NONCE_BYTES];
  private SecretKeySpec key;
  private long sequence;

  /**
   * The first {@code fixed} bytes of the nonce, or all of it, are known to both sides.
   *
   * @param mode one of the cipher's modes
   */
  RecordCipher(RecordAlgorithm algorithm, int mode, SecretKeySpec key, byte[] fixed)
      throws GeneralSecurityException {
    this.algorithm = algorithm;
    this.mode = mode;
    this.cipher = algorithm.newCipher();
    this.key = key;
    System.arraycopy(fixed, 0, fixedNonce, 0, fixed.length);
  }

  /** How much longer a record's body is than its content. */
  abstract int overhead();

  /** How much room opening a body of {@code length} bytes needs. */
  abstract int room(int length);

  /** Writes a whole record to {@code target} and returns its length. */
  abstract int seal(int type, byte[] source, int offset, int length, byte[] target, int at)
      throws GeneralSecurityException;

  /** Writes the content of a record to {@code target} and returns its length. */
  abstract int open(int type, byte[] body, int offset, int length, byte[] target, int at)
      throws GeneralSecurityException;

  /** The type of the record that was opened last. */
  abstract int openedType();

  /** Whether {@link #update} can be called. */
  abstract boolean isUpdatable();

  /** Goes on with the next generation of keys. */
  abstract void update();

  final RecordAlgorithm algorithm() {
    return algorithm;
  }

  /** How many records there have been under this key. */
  final long sequence() {
    return sequence;
  }

  /** Changes the key. */
  final void rekey(SecretKeySpec newKey, byte[] fixed) {
    key = newKey;
    System.arraycopy(fixed, 0, fixedNonce, 0, fixed.length);
    sequence = 0;
  }

  /** RFC 7905, section 2, and RFC 8446, section 5.3: the padded sequence number xor the nonce. */
  final void combineNonce() {
    System.arraycopy(fixedNonce, 0, nonce, 0, SHIFT);
    putLong(nonce, SHIFT, sequence);
    for (int i = SHIFT; i < nonce.length; i++) {
      nonce[i] ^= fixedNonce[i];
    }
  }

  /** RFC 5288, section 3: a fixed part, and one that is in the record. */
  final void joinNonce(int fixed, byte[] explicit, int at) {
    System.arraycopy(fixedNonce, 0, nonce, 0, fixed);
    System.arraycopy(explicit, at, nonce, fixed, nonce.length - fixed);
  }

  /** The cipher for the next record, whose nonce has been set. */
  final Cipher next(byte[] additionalData, int offset, int length) throws GeneralSecurityException {
    cipher.init(mode, key, algorithm.parameters(nonce));
    cipher.updateAAD(additionalData, offset, length);
    sequence++;
    return cipher;
  }

  static void putLong(byte[] target, int at, long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      target[at + i] = (byte) (value >>> (56 - 8 * i));
    }
  }
}
