package dev.earshot.security.tls.record;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * Records of TLS 1.3 (RFC 8446, section 5.2): all look like data, and the true type follows the
 * content inside. Not thread-safe.
 */
final class CipherOfTls13 extends RecordCipher {
  private static final int TYPE_BYTES = 1;

  private final TrafficSecret secret;
  private final byte[] type = new byte[TYPE_BYTES];
  private final byte[] header = new byte[RecordFormat.HEADER_BYTES];
  private int openedType;

  /** With the keys that {@code secret} gives. */
  CipherOfTls13(RecordAlgorithm algorithm, int mode, TrafficSecret secret)
      throws GeneralSecurityException {
    super(algorithm, mode, key(algorithm, secret), secret.nonce());
    this.secret = secret;
  }

  @Override
  int overhead() {
    return TYPE_BYTES + RecordAlgorithm.TAG_BYTES;
  }

  @Override
  int room(int length) {
    return Math.max(0, length - RecordAlgorithm.TAG_BYTES);
  }

  /** Without padding, which hides lengths only if all else is hidden too. */
  @Override
  int seal(int innerType, byte[] source, int offset, int length, byte[] target, int at)
      throws GeneralSecurityException {
    RecordFormat.putHeader(target, at, RecordFormat.APPLICATION_DATA, length + overhead());
    combineNonce();
    Cipher ready = next(target, at, RecordFormat.HEADER_BYTES);
    int body = at + RecordFormat.HEADER_BYTES;
    type[0] = (byte) innerType;
    int part = ready.update(source, offset, length, target, body);
    int rest = ready.doFinal(type, 0, TYPE_BYTES, target, body + part);
    return RecordFormat.HEADER_BYTES + part + rest;
  }

  @Override
  int open(int outerType, byte[] body, int offset, int length, byte[] target, int at)
      throws GeneralSecurityException {
    RecordFormat.putHeader(header, 0, outerType, length);
    combineNonce();
    Cipher ready = next(header, 0, header.length);
    int inner = ready.doFinal(body, offset, length, target, at);
    // RFC 8446, section 5.4: the type is the last byte that is not zero; before it is the content.
    int end = at + inner - 1;
    while (end >= at && target[end] == 0) {
      end--;
    }
    openedType = end < at ? 0 : target[end] & 0xFF;
    return Math.max(0, end - at);
  }

  @Override
  int openedType() {
    return openedType;
  }

  @Override
  boolean isUpdatable() {
    return true;
  }

  @Override
  void update() {
    secret.update();
    rekey(key(algorithm(), secret), secret.nonce());
  }

  private static SecretKeySpec key(RecordAlgorithm algorithm, TrafficSecret secret) {
    byte[] key = secret.key(algorithm.keyBytes());
    try {
      return algorithm.key(key, 0);
    } finally {
      KeySchedule.wipe(key);
    }
  }
}
