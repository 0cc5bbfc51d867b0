package dev.earshot.security.tls.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.tls.crypto.CryptoHashAlgorithm;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes of the JDK's in the place of Bouncy Castle's, beside those. */
class HandshakeDigestTest {
  private final RecordCrypto ours = new RecordCrypto(new SecureRandom(), (of, with) -> {});
  private final BcTlsCrypto theirs = new BcTlsCrypto(new SecureRandom());
  private final Random random = new Random(1);

  @ParameterizedTest
  @ValueSource(ints = {CryptoHashAlgorithm.sha256, CryptoHashAlgorithm.sha384})
  void aHashIsTheSameWhateverItsLength(int algorithm) {
    Digest mine = ours.createDigest(algorithm);
    Digest other = theirs.createDigest(algorithm);
    assertThat(mine).isInstanceOf(HandshakeDigest.class);
    assertThat(mine.getAlgorithmName()).isEqualTo(other.getAlgorithmName());
    assertThat(mine.getDigestSize()).isEqualTo(other.getDigestSize());
    for (int length = 0; length < 300; length++) {
      byte[] bytes = bytes(length + 1);
      assertThat(hash(mine, bytes)).isEqualTo(hash(other, bytes));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {CryptoHashAlgorithm.sha256, CryptoHashAlgorithm.sha384})
  void anHmacIsTheSameWhateverTheLengthOfItsKey(int algorithm) {
    for (int length = 1; length < 300; length += 7) {
      byte[] key = bytes(length);
      byte[] message = bytes(length);
      assertThat(mac(ours.createDigest(algorithm), key, message))
          .isEqualTo(mac(theirs.createDigest(algorithm), key, message));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {CryptoHashAlgorithm.sha256, CryptoHashAlgorithm.sha384})
  void aCopyGoesOnByItself(int algorithm) {
    byte[] begun = bytes(100);
    Digest one = ours.createDigest(algorithm);
    one.update(begun, 0, begun.length);
    Digest copy = ours.cloneDigest(algorithm, one);
    one.update((byte) 1);
    Digest other = theirs.createDigest(algorithm);
    other.update(begun, 0, begun.length);

    assertThat(end(copy)).isEqualTo(end(other));
    other.update(begun, 0, begun.length);
    other.update((byte) 1);
    assertThat(end(one)).isEqualTo(end(other));
  }

  @Test
  void aHashBegunAnewForgetsWhatItHad() {
    Digest one = ours.createDigest(CryptoHashAlgorithm.sha256);
    one.update((byte) 1);
    one.reset();
    assertThat(end(one)).isEqualTo(end(theirs.createDigest(CryptoHashAlgorithm.sha256)));
  }

  @Test
  void otherHashesAreBouncyCastles() {
    Digest one = ours.createDigest(CryptoHashAlgorithm.sha512);
    one.update((byte) 1);
    assertThat(one).isNotInstanceOf(HandshakeDigest.class);
    assertThat(end(ours.cloneDigest(CryptoHashAlgorithm.sha512, one))).isEqualTo(end(one));
  }

  @Test
  void noncesAreAsLongAsAskedForAndNeverTheSame() {
    TlsNonceGenerator nonces = ours.createNonceGenerator(new byte[] {1});
    byte[] first = nonces.generateNonce(32);
    assertThat(first).hasSize(32);
    assertThat(nonces.generateNonce(32)).isNotEqualTo(first);
    assertThat(ours.createNonceGenerator(new byte[] {1}).generateNonce(32)).isNotEqualTo(first);
    assertThat(nonces.generateNonce(0)).isEmpty();
  }

  /** In two parts, and without the first byte. */
  private static byte[] hash(Digest digest, byte[] bytes) {
    int half = bytes.length / 2;
    digest.update(bytes, 1, half);
    digest.update(bytes, 1 + half, bytes.length - 1 - half);
    byte[] target = new byte[digest.getDigestSize() + 3];
    assertThat(digest.doFinal(target, 3)).isEqualTo(digest.getDigestSize());
    return Arrays.copyOfRange(target, 3, target.length);
  }

  private static byte[] mac(Digest digest, byte[] key, byte[] message) {
    HMac mac = new HMac(digest);
    mac.init(new KeyParameter(key));
    byte[] target = new byte[mac.getMacSize()];
    for (int i = 0; i < 2; i++) { // the second begins where the first has left it
      mac.update(message, 0, message.length);
      mac.doFinal(target, 0);
    }
    return target;
  }

  private static byte[] end(Digest digest) {
    byte[] target = new byte[digest.getDigestSize()];
    digest.doFinal(target, 0);
    return target;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
