package dev.earshot.security.tls.pairing;

import dev.earshot.Payload;

/**
 * A public point and a proof that its sender knows its logarithm, as they travel: point X, point V,
 * scalar r. Immutable; not checked before {@link Schnorr#verify}.
 *
 * @param bytes 65 bytes X, 65 bytes V, 32 bytes r
 */
record Share(Payload bytes) {
  /** What a share takes. */
  static final int BYTES = 2 * P256.POINT_BYTES + P256.SCALAR_BYTES;

  Share {
    if (bytes.length() != BYTES) {
      throw new IllegalArgumentException("share of " + bytes.length() + " bytes");
    }
  }

  static Share of(byte[] point, byte[] commitment, byte[] response) {
    byte[] all = new byte[BYTES];
    System.arraycopy(point, 0, all, 0, P256.POINT_BYTES);
    System.arraycopy(commitment, 0, all, P256.POINT_BYTES, P256.POINT_BYTES);
    System.arraycopy(response, 0, all, 2 * P256.POINT_BYTES, P256.SCALAR_BYTES);
    return new Share(Payload.wrap(all));
  }

  /** X. */
  byte[] point() {
    return bytes.slice(0, P256.POINT_BYTES).toByteArray();
  }

  /** V. */
  byte[] commitment() {
    return bytes.slice(P256.POINT_BYTES, P256.POINT_BYTES).toByteArray();
  }

  /** r. */
  byte[] response() {
    return bytes.slice(2 * P256.POINT_BYTES, P256.SCALAR_BYTES).toByteArray();
  }
}
