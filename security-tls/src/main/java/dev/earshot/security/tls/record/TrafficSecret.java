package dev.earshot.security.tls.record;

/**
 * The secret from which one direction of a TLS 1.3 connection has its keys (RFC 8446, section 7.3).
 * Not thread-safe.
 */
final class TrafficSecret {
  private final byte[] secret;

  /** With {@code secret}, which is kept and overwritten when it is no longer needed. */
  TrafficSecret(byte[] secret) {
    this.secret = secret;
  }

  byte[] key(int length) {
    return KeySchedule.expandLabel(secret, "key", new byte[0], length);
  }

  byte[] nonce() {
    return KeySchedule.expandLabel(secret, "iv", new byte[0], RecordAlgorithm.NONCE_BYTES);
  }

  /** The next generation (RFC 8446, section 7.2), after which the old one is gone for good. */
  void update() {
    byte[] next = KeySchedule.expandLabel(secret, "traffic upd", new byte[0], secret.length);
    System.arraycopy(next, 0, secret, 0, secret.length);
    KeySchedule.wipe(next);
  }
}
