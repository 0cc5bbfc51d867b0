package dev.earshot.security.tls.pairing;

import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * What follows from one exchange: proofs of having the same keys, seals for the cards, and the key
 * for good. All of it by HKDF (RFC 5869) from the secret of {@link Jpake}, with the digest of all
 * that was said before as salt, so that two sides who heard different things have different keys.
 */
final class ExchangeKeys {
  private static final String PREFIX = "earshot-pair 1 ";
  private static final int KEY_BYTES = 32;
  private static final int IDENTITY_BYTES = 16;
  private static final int TAG_BITS = 128;

  /** Each key seals one card, so the nonce may be the same for all. */
  private static final byte[] NONCE = new byte[12];

  private final byte[] root;
  private final byte[] transcript;

  /**
   * The keys of an exchange.
   *
   * @param secret 32 bytes, which are overwritten
   * @param transcript the SHA-256 of Opening, Answer and the share of Proof as they were sent
   */
  ExchangeKeys(byte[] secret, byte[] transcript) {
    HKDFBytesGenerator extract = new HKDFBytesGenerator(new SHA256Digest());
    root = extract.extractPRK(transcript, secret);
    Arrays.fill(secret, (byte) 0);
    this.transcript = transcript;
  }

  /** The digest that both sides must have in common. */
  static byte[] transcript(Payload opening, Payload answer, Share third) {
    SHA256Digest digest = new SHA256Digest();
    for (Payload part : new Payload[] {opening, answer, third.bytes()}) {
      digest.update(part.toByteArray(), 0, part.length());
    }
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
  }

  /**
   * A proof of having these keys.
   *
   * @param what {@code entering}, {@code showing} or {@code done}
   */
  Payload tag(String what) {
    HMac mac = new HMac(new SHA256Digest());
    mac.init(new KeyParameter(expand("confirm", KEY_BYTES)));
    byte[] label = what.getBytes(StandardCharsets.US_ASCII);
    mac.update(label, 0, label.length);
    mac.update(transcript, 0, transcript.length);
    byte[] tag = new byte[mac.getMacSize()];
    mac.doFinal(tag, 0);
    return Payload.wrap(tag);
  }

  /** Whether {@code tag} is the one for {@code what}; takes the same time for any. */
  boolean isTag(String what, Payload tag) {
    return MessageDigest.isEqual(tag(what).toByteArray(), tag.toByteArray());
  }

  /** Makes a card that only the other side can read. */
  Payload seal(Side from, Card card) {
    try {
      return Payload.wrap(cipher(Cipher.ENCRYPT_MODE, from).doFinal(card.encode()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES-GCM", e);
    }
  }

  /** Reads the other side's card. */
  Card open(Side from, Payload sealed) throws FramingException {
    byte[] plain;
    try {
      plain = cipher(Cipher.DECRYPT_MODE, from).doFinal(sealed.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new FramingException("pairing: a card was changed on the way", e);
    }
    return Card.decode(plain);
  }

  /** The key for good; the same on both sides, and on nobody else's. */
  PreSharedKey key() {
    byte[] key = expand("key", KEY_BYTES);
    String identity = "earshot-" + HexFormat.of().formatHex(expand("identity", IDENTITY_BYTES));
    try {
      return PreSharedKey.of(identity, key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private Cipher cipher(int mode, Side from) throws GeneralSecurityException {
    String purpose = from == Side.ENTERING ? "card entering" : "card showing";
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    SecretKeySpec key = new SecretKeySpec(expand(purpose, KEY_BYTES), "AES");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, NONCE));
    return cipher;
  }

  private byte[] expand(String purpose, int length) {
    HKDFBytesGenerator expand = new HKDFBytesGenerator(new SHA256Digest());
    byte[] info = (PREFIX + purpose).getBytes(StandardCharsets.US_ASCII);
    expand.init(HKDFParameters.skipExtractParameters(root, info));
    byte[] made = new byte[length];
    expand.generateBytes(made, 0, length);
    return made;
  }
}
