package dev.earshot.security.tls.pairing;

import dev.earshot.FramingException;
import java.math.BigInteger;
import java.util.function.Supplier;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;

/**
 * One side of EC-JPAKE (RFC 8236, section 3) over P-256, with the hashes and the key derivation of
 * draft-cragie-tls-ecjpake, as Mbed TLS and the Thread specification have them.
 *
 * <p>In order: {@link #first} and {@link #second}, {@link #peerShares}, {@link #third}, {@link
 * #secret}. Whoever does not know the code learns nothing that helps to find it, but whether one
 * guess was right. For one exchange and one thread.
 *
 * <p>Bouncy Castle has the protocol too, but its messages cannot be made from bytes that came from
 * elsewhere; its arithmetic is used.
 */
final class Jpake {
  private final Side side;
  private final BigInteger code;
  private final Supplier<BigInteger> scalars;
  private final BigInteger exponent1;
  private final BigInteger exponent2;
  private final ECPoint point1;
  private final ECPoint point2;
  private final Share first;
  private final Share second;
  private @Nullable ECPoint peer1;
  private @Nullable ECPoint peer2;

  /**
   * Begins.
   *
   * @param code what both sides must have, not empty, and not all zeros
   * @param scalars random numbers from 1 to the order less 1; four are taken, and one in {@link
   *     #third}
   */
  Jpake(Side side, byte[] code, Supplier<BigInteger> scalars) {
    this.side = side;
    this.code = new BigInteger(1, code).mod(P256.ORDER);
    if (this.code.signum() == 0) {
      throw new IllegalArgumentException("the code is zero");
    }
    this.scalars = scalars;
    exponent1 = scalars.get();
    exponent2 = scalars.get();
    point1 = P256.multiply(P256.GENERATOR, exponent1);
    point2 = P256.multiply(P256.GENERATOR, exponent2);
    first = Schnorr.prove(P256.GENERATOR, exponent1, side.proofName(), scalars.get());
    second = Schnorr.prove(P256.GENERATOR, exponent2, side.proofName(), scalars.get());
  }

  /** The first share of round one. */
  Share first() {
    return first;
  }

  /** The second share of round one. */
  Share second() {
    return second;
  }

  /** Takes the peer's round one. */
  void peerShares(Share one, Share two) throws FramingException {
    String peer = side.other().proofName(); // so that what we sent cannot be sent back to us
    peer1 = Schnorr.verify(P256.GENERATOR, one, peer);
    peer2 = Schnorr.verify(P256.GENERATOR, two, peer);
  }

  /** The share of round two, which depends on the code. */
  Share third() throws FramingException {
    ECPoint base = base(point1.add(taken(peer1)).add(taken(peer2)));
    return Schnorr.prove(base, maskedCode(), side.proofName(), scalars.get());
  }

  /** Takes the peer's round two; 32 bytes that are the same on both sides if the codes are. */
  byte[] secret(Share peerThird) throws FramingException {
    ECPoint base = base(point1.add(point2).add(taken(peer1)));
    ECPoint peer3 = Schnorr.verify(base, peerThird, side.other().proofName());
    // RFC 8236 section 3.2: Kb = (A - (G2 x [x4*s])) x [x4]
    ECPoint common = P256.multiply(peer3.subtract(taken(peer2).multiply(maskedCode())), exponent2);
    if (common.isInfinity()) {
      throw new FramingException("pairing: the shares cancel each other out");
    }
    byte[] x = common.getAffineXCoord().getEncoded();
    SHA256Digest digest = new SHA256Digest();
    digest.update(x, 0, x.length);
    byte[] secret = new byte[digest.getDigestSize()];
    digest.doFinal(secret, 0);
    return secret;
  }

  /** The code times a random number that is used in this exchange only. */
  private BigInteger maskedCode() {
    return exponent2.multiply(code).mod(P256.ORDER);
  }

  private static ECPoint base(ECPoint sum) throws FramingException {
    if (sum.isInfinity()) {
      throw new FramingException("pairing: the shares cancel each other out");
    }
    return sum.normalize();
  }

  private static ECPoint taken(@Nullable ECPoint point) {
    if (point == null) {
      throw new IllegalStateException("the peer's shares have not been taken");
    }
    return point;
  }
}
