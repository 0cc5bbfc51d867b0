package dev.earshot.security.tls.record;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Records of TLS 1.2 (RFC 5246, section 6.2.3.3). Not thread-safe. */
final class CipherOfTls12 extends RecordCipher {
  private static final int ADDITIONAL_DATA_BYTES = SEQUENCE_BYTES + RecordFormat.HEADER_BYTES;

  private final byte[] additionalData = new byte[ADDITIONAL_DATA_BYTES];
  private final int fixed;
  private final int explicit;
  private int openedType;

  CipherOfTls12(RecordAlgorithm algorithm, int mode, SecretKeySpec key, byte[] fixedNonce)
      throws GeneralSecurityException {
    super(algorithm, mode, key, fixedNonce);
    this.fixed = algorithm.fixedNonceBytes();
    this.explicit = algorithm.explicitNonceBytes();
  }

  @Override
  int overhead() {
    return algorithm().overhead();
  }

  @Override
  int room(int length) {
    return Math.max(0, length - overhead());
  }

  @Override
  int seal(int type, byte[] source, int offset, int length, byte[] target, int at)
      throws GeneralSecurityException {
    int body = at + RecordFormat.HEADER_BYTES;
    if (explicit > 0) {
      // RFC 5288, section 3: the explicit part may be the sequence number; it must never repeat.
      putLong(target, body, sequence());
    }
    Cipher ready = ready(type, length, target, body);
    RecordFormat.putHeader(target, at, type, overhead() + length);
    int content = body + explicit;
    return content + ready.doFinal(source, offset, length, target, content) - at;
  }

  @Override
  int open(int type, byte[] body, int offset, int length, byte[] target, int at)
      throws GeneralSecurityException {
    openedType = type;
    Cipher ready = ready(type, length - overhead(), body, offset);
    return ready.doFinal(body, offset + explicit, length - explicit, target, at);
  }

  @Override
  int openedType() {
    return openedType;
  }

  @Override
  boolean isUpdatable() {
    return false;
  }

  @Override
  void update() {
    throw new IllegalStateException("keys of TLS 1.2 are never changed");
  }

  private Cipher ready(int type, int length, byte[] body, int at) throws GeneralSecurityException {
    if (explicit > 0) {
      joinNonce(fixed, body, at);
    } else {
      combineNonce();
    }
    // RFC 5246, section 6.2.3.3: sequence number, type, version and length of the content.
    putLong(additionalData, 0, sequence());
    RecordFormat.putHeader(additionalData, SEQUENCE_BYTES, type, length);
    return next(additionalData, 0, additionalData.length);
  }
}
