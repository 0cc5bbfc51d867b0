package dev.earshot.security.tls.record;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.function.BiConsumer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * The cryptography of one handshake: Bouncy Castle's for key agreement and hashes, the JDK's for
 * records. Not thread-safe; cheap to make.
 */
public final class RecordCrypto extends BcTlsCrypto {
  private final BiConsumer<TlsCryptoParameters, RecordAlgorithm> keysAgreed;
  private @Nullable RecordProtection protection;

  /**
   * With {@code random} for everything that must not be guessed.
   *
   * @param keysAgreed told what the record keys were made of, once, inside the handshake
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

  @Override
  public TlsCipher createCipher(
      TlsCryptoParameters parameters, int encryptionAlgorithm, int macAlgorithm)
      throws IOException {
    RecordAlgorithm algorithm = algorithm(encryptionAlgorithm);
    byte[] keyBlock = TlsImplUtils.calculateKeyBlock(parameters, algorithm.keyBlockBytes());
    RecordProtection made = RecordProtection.of(algorithm, keyBlock, parameters.isServer());
    protection = made;
    keysAgreed.accept(parameters, algorithm);
    return made;
  }

  private static RecordAlgorithm algorithm(int encryptionAlgorithm) throws IOException {
    switch (encryptionAlgorithm) {
      case EncryptionAlgorithm.AES_128_GCM:
        return RecordAlgorithm.AES_128_GCM;
      case EncryptionAlgorithm.CHACHA20_POLY1305:
        return RecordAlgorithm.CHACHA20_POLY1305;
      default:
        throw new TlsFatalAlert(AlertDescription.internal_error);
    }
  }
}
