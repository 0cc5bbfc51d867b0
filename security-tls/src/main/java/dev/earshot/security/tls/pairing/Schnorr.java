package dev.earshot.security.tls.pairing;

import dev.earshot.FramingException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;

/**
 * Schnorr's proof of knowing a logarithm, without conversation (RFC 8235), over P-256 and SHA-256.
 *
 * <p>What is hashed, as in draft-cragie-tls-ecjpake: base, commitment, point and the prover's name,
 * each after its length in four bytes.
 */
final class Schnorr {
  private Schnorr() {}

  /**
   * Proves to know {@code exponent}.
   *
   * @param nonce random, never used twice: with two proofs of one nonce the exponent is known
   */
  static Share prove(ECPoint base, BigInteger exponent, String prover, BigInteger nonce) {
    byte[] point = P256.encode(P256.multiply(base, exponent));
    byte[] commitment = P256.encode(P256.multiply(base, nonce));
    BigInteger challenge = challenge(P256.encode(base), commitment, point, prover);
    BigInteger response = nonce.subtract(exponent.multiply(challenge)).mod(P256.ORDER);
    return Share.of(point, commitment, P256.encode(response));
  }

  /**
   * The point of {@code share}, whose logarithm to {@code base} its sender knows.
   *
   * @throws FramingException if it is no point, or not proven
   */
  static ECPoint verify(ECPoint base, Share share, String prover) throws FramingException {
    ECPoint point = P256.point(share.point());
    ECPoint commitment = P256.point(share.commitment());
    BigInteger response = P256.scalar(share.response());
    BigInteger challenge = challenge(P256.encode(base), share.commitment(), share.point(), prover);
    // RFC 8235 section 2.2: V = G x [r] + X x [c]
    ECPoint expected = ECAlgorithms.sumOfTwoMultiplies(base, response, point, challenge);
    if (!expected.equals(commitment)) {
      throw new FramingException("pairing: a proof of knowledge does not hold");
    }
    return point;
  }

  private static BigInteger challenge(byte[] base, byte[] commitment, byte[] point, String prover) {
    SHA256Digest digest = new SHA256Digest();
    update(digest, base);
    update(digest, commitment);
    update(digest, point);
    update(digest, prover.getBytes(StandardCharsets.US_ASCII));
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return new BigInteger(1, hash).mod(P256.ORDER);
  }

  private static void update(SHA256Digest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array(), 0, Integer.BYTES);
    digest.update(part, 0, part.length);
  }
}
