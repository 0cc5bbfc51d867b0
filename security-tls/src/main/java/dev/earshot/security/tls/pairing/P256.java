package dev.earshot.security.tls.pairing;

import dev.earshot.FramingException;
import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;

/** The curve P-256 (FIPS 186-4, D.1.2.3) and how its points and scalars are written. */
final class P256 {
  /** A point in its uncompressed form (SEC 1, section 2.3.3): 04, x, y. */
  static final int POINT_BYTES = 65;

  /** A scalar, or a coordinate: big-endian, padded with zeros. */
  static final int SCALAR_BYTES = 32;

  private static final byte UNCOMPRESSED = 0x04;
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("P-256");

  /** How many points there are. */
  static final BigInteger ORDER = CURVE.getN();

  /** The point that all others are multiples of. */
  static final ECPoint GENERATOR = CURVE.getG();

  private P256() {}

  /** A scalar from 1 to the order less 1, each as likely as the others. */
  static BigInteger randomScalar(SecureRandom random) {
    return BigIntegers.createRandomInRange(BigInteger.ONE, ORDER.subtract(BigInteger.ONE), random);
  }

  /** {@code base} times {@code scalar}, normalized. */
  static ECPoint multiply(ECPoint base, BigInteger scalar) {
    ECPoint product =
        base == GENERATOR
            ? new FixedPointCombMultiplier().multiply(base, scalar) // no branches on the scalar
            : base.multiply(scalar);
    return product.normalize();
  }

  static byte[] encode(ECPoint point) {
    return point.getEncoded(false);
  }

  static byte[] encode(BigInteger scalar) {
    return BigIntegers.asUnsignedByteArray(SCALAR_BYTES, scalar);
  }

  /** Reads a point; it is on the curve, and since the cofactor is 1, in the group. */
  static ECPoint point(byte[] encoded) throws FramingException {
    if (encoded.length != POINT_BYTES || encoded[0] != UNCOMPRESSED) {
      throw new FramingException("pairing: a point is not in its uncompressed form of 65 bytes");
    }
    try {
      return CURVE.getCurve().decodePoint(encoded);
    } catch (IllegalArgumentException e) {
      throw new FramingException("pairing: a point is not on the curve P-256", e);
    }
  }

  /** Reads a scalar below the order. */
  static BigInteger scalar(byte[] encoded) throws FramingException {
    BigInteger scalar = new BigInteger(1, encoded);
    if (encoded.length != SCALAR_BYTES || scalar.compareTo(ORDER) >= 0) {
      throw new FramingException("pairing: a scalar is not below the order of P-256");
    }
    return scalar;
  }
}
