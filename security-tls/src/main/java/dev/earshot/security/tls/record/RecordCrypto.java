package dev.earshot.security.tls.record;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.function.BiConsumer;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * The cryptography of one handshake: Bouncy Castle's for key agreement, the JDK's for hashes and
 * records. Not thread-safe; cheap to make.
 */
public final class RecordCrypto extends BcTlsCrypto {
  private final BiConsumer<TlsCryptoParameters, RecordAlgorithm> keysAgreed;
  private @Nullable RecordProtection protection;

  /**
   * With {@code random} for everything that must not be guessed.
   *
   * @param keysAgreed told what the record keys of TLS 1.2 were made of, once, inside the handshake
   */
  public RecordCrypto(
      SecureRandom random, BiConsumer<TlsCryptoParameters, RecordAlgorithm> keysAgreed) {
    super(random);
    this.keysAgreed = keysAgreed;
  }

  /** What protects the records; null until the keys are agreed. */
  public @Nullable RecordProtection protection() {
    return protection;
  }

  /** Called once in TLS 1.2; in TLS 1.3 for the keys of the handshake, then for those of data. */
  @Override
  public TlsCipher createCipher(
      TlsCryptoParameters parameters, int encryptionAlgorithm, int macAlgorithm)
      throws IOException {
    RecordAlgorithm algorithm = algorithm(encryptionAlgorithm);
    if (TlsImplUtils.isTLSv13(parameters)) {
      SecurityParameters from = parameters.getSecurityParametersHandshake();
      RecordProtection made =
          RecordProtection.ofTls13(
              algorithm,
              copy(from.getTrafficSecretClient()),
              copy(from.getTrafficSecretServer()),
              parameters.isServer());
      protection = made;
      return made;
    }
    byte[] keyBlock = TlsImplUtils.calculateKeyBlock(parameters, algorithm.keyBlockBytes());
    RecordProtection made = RecordProtection.of(algorithm, keyBlock, parameters.isServer());
    protection = made;
    keysAgreed.accept(parameters, algorithm);
    return made;
  }

  @Override
  public Digest createDigest(int algorithm) {
    Digest made = HandshakeDigest.of(algorithm);
    return made == null ? super.createDigest(algorithm) : made;
  }

  @Override
  public Digest cloneDigest(int algorithm, Digest digest) {
    return digest instanceof HandshakeDigest ours
        ? ours.copy()
        : super.cloneDigest(algorithm, digest);
  }

  /** Straight from the source; Bouncy Castle would seed one more generator for each connection. */
  @Override
  public TlsNonceGenerator createNonceGenerator(byte[] seed) {
    SecureRandom random = getSecureRandom();
    return size -> {
      byte[] nonce = new byte[size];
      random.nextBytes(nonce);
      return nonce;
    };
  }

  /** Bouncy Castle throws whatever its parser comes upon; to a peer that is one thing. */
  @Override
  public TlsCertificate createCertificate(short type, byte[] encoding) throws IOException {
    try {
      return super.createCertificate(type, encoding);
    } catch (IOException | RuntimeException e) {
      // Not as its cause, by which mistakes of this program are known.
      TlsFatalAlert alert =
          new TlsFatalAlert(AlertDescription.bad_certificate, "an unreadable certificate");
      alert.addSuppressed(e);
      throw alert;
    }
  }

  /** Bouncy Castle goes on to use the one that it has. */
  private byte[] copy(TlsSecret secret) {
    return adoptSecret(secret).extract();
  }

  private static RecordAlgorithm algorithm(int encryptionAlgorithm) throws IOException {
    switch (encryptionAlgorithm) {
      case EncryptionAlgorithm.AES_128_GCM:
        return RecordAlgorithm.AES_128_GCM;
      case EncryptionAlgorithm.AES_256_GCM:
        return RecordAlgorithm.AES_256_GCM;
      case EncryptionAlgorithm.CHACHA20_POLY1305:
        return RecordAlgorithm.CHACHA20_POLY1305;
      default:
        throw new TlsFatalAlert(AlertDescription.internal_error);
    }
  }
}
