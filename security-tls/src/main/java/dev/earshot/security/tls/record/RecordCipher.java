package dev.earshot.security.tls.record;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key, the nonces and the sequence number of one direction. Not thread-safe.
 *
 * <p>Makes the JDK's cipher ready for one record after the other. TLS 1.2.
 */
final class RecordCipher {
  private static final int SEQUENCE_BYTES = 8;
  private static final int ADDITIONAL_DATA_BYTES = SEQUENCE_BYTES + RecordFormat.HEADER_BYTES;

  private final RecordAlgorithm algorithm;
  private final int mode;
  private final Cipher cipher;
  private final SecretKeySpec key;
  private final byte[] nonce = new byte[RecordAlgorithm.NONCE_BYTES];
  private final byte[] fixedNonce;
  private final byte[] additionalData = new byte[ADDITIONAL_DATA_BYTES];
  private long sequence;

  RecordCipher(RecordAlgorithm algorithm, int mode, SecretKeySpec key, byte[] fixedNonce)
      throws GeneralSecurityException {
    this.algorithm = algorithm;
    this.mode = mode;
    this.cipher = algorithm.newCipher();
    this.key = key;
    this.fixedNonce = fixedNonce;
    System.arraycopy(fixedNonce, 0, nonce, 0, fixedNonce.length);
  }

  RecordAlgorithm algorithm() {
    return algorithm;
  }

  /** How many records there have been. */
  long sequence() {
    return sequence;
  }

  /** The cipher for the next record to be sent, whose explicit nonce goes to {@code target}. */
  Cipher nextToSeal(int type, int length, byte[] target, int at) throws GeneralSecurityException {
    if (algorithm.explicitNonceBytes() > 0) {
      // RFC 5288, section 3: the explicit part may be the sequence number; it must never repeat.
      putLong(target, at, sequence);
      putLong(nonce, algorithm.fixedNonceBytes(), sequence);
    } else {
      combineNonce();
    }
    return ready(type, length);
  }

  /** The cipher for the next record that arrived, whose explicit nonce is at {@code source}. */
  Cipher nextToOpen(int type, int length, byte[] source, int at) throws GeneralSecurityException {
    if (algorithm.explicitNonceBytes() > 0) {
      System.arraycopy(
          source, at, nonce, algorithm.fixedNonceBytes(), algorithm.explicitNonceBytes());
    } else {
      combineNonce();
    }
    return ready(type, length);
  }

  /** RFC 7905, section 2: the sequence number, padded on the left, xor the fixed nonce. */
  private void combineNonce() {
    int shift = RecordAlgorithm.NONCE_BYTES - SEQUENCE_BYTES;
    putLong(nonce, shift, sequence);
    for (int i = shift; i < nonce.length; i++) {
      nonce[i] ^= fixedNonce[i];
    }
  }

  private Cipher ready(int type, int length) throws GeneralSecurityException {
    // RFC 5246, section 6.2.3.3: sequence number, type, version and length of the content.
    putLong(additionalData, 0, sequence);
    RecordFormat.putHeader(additionalData, SEQUENCE_BYTES, type, length);
    cipher.init(mode, key, algorithm.parameters(nonce));
    cipher.updateAAD(additionalData);
    sequence++;
    return cipher;
  }

  private static void putLong(byte[] target, int at, long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      target[at + i] = (byte) (value >>> (56 - 8 * i));
    }
  }
}
