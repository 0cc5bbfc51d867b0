package dev.earshot.security.tls.psk;

import dev.earshot.security.tls.record.RecordAlgorithm;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.security.tls.record.RecordProtection;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.tls.DefaultTlsKeyExchangeFactory;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsKeyExchange;
import org.bouncycastle.tls.TlsKeyExchangeFactory;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsPSKKeyExchange;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsDHConfig;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a client whose key was wrong used its identity as its key.
 *
 * <p>Sample code that many have copied makes that mistake, and protects nothing: the identity
 * travels in the clear. It is never accepted; only the error names it. To find out, the server
 * derives the keys that such a client would have and tries them on its first protected record. This
 * is for TLS 1.2; for TLS 1.3 see {@link OfferedKeys#isBoundWith}.
 */
final class IdentityAsKey {
  private static final int MASTER_SECRET_BYTES = 48;

  private final TlsCrypto crypto;

  /** What the key exchange added to the key; null for suites that add nothing. */
  private byte @Nullable [] otherSecret;

  private @Nullable Derivation derivation;

  IdentityAsKey(TlsCrypto crypto) {
    this.crypto = crypto;
  }

  /** The cryptography of the handshake. */
  TlsCrypto crypto() {
    return crypto;
  }

  /** Key exchanges that let this see what is added to the key. */
  TlsKeyExchangeFactory keyExchanges() {
    return new Exchanges();
  }

  /** Notes what the record keys are made of, besides the key. */
  void keysAgreed(TlsCryptoParameters parameters, RecordAlgorithm algorithm) {
    SecurityParameters from = parameters.getSecurityParametersHandshake();
    boolean extended = from.isExtendedMasterSecret(); // RFC 7627, section 4
    byte[] clientRandom = from.getClientRandom();
    byte[] serverRandom = from.getServerRandom();
    derivation =
        new Derivation(
            algorithm,
            from.getPRFAlgorithm(),
            from.getPSKIdentity().clone(),
            extended ? ExporterLabel.extended_master_secret : ExporterLabel.master_secret,
            extended
                ? from.getSessionHash().clone()
                : Arrays.concatenate(clientRandom, serverRandom),
            Arrays.concatenate(serverRandom, clientRandom));
  }

  /** Whether {@code record} is a Finished under the key that the identity would be. */
  boolean explains(byte[] record) {
    Derivation from = derivation;
    if (from == null || record.length < RecordFormat.HEADER_BYTES) {
      return false;
    }
    byte[] identity = from.identity();
    byte[] other = otherSecret == null ? new byte[identity.length] : otherSecret;
    RecordProtection protection =
        RecordProtection.of(from.algorithm(), from.keyBlock(crypto, other), true);
    try {
      int length = record.length - RecordFormat.HEADER_BYTES;
      byte[] content = new byte[length];
      protection
          .opener()
          .open(RecordFormat.HANDSHAKE, record, RecordFormat.HEADER_BYTES, length, content, 0);
      return true;
    } catch (AEADBadTagException e) {
      return false; // then the key is simply another one
    }
  }

  /** Overwrites the secrets. */
  void wipe() {
    if (otherSecret != null) {
      Arrays.fill(otherSecret, (byte) 0);
      otherSecret = null;
    }
    derivation = null;
  }

  /** From a key to record keys (RFC 5246, sections 6.3 and 8.1). */
  private record Derivation(
      RecordAlgorithm algorithm,
      int prf,
      byte[] identity,
      String masterLabel,
      byte[] masterSeed,
      byte[] keySeed) {

    byte[] keyBlock(TlsCrypto crypto, byte[] other) {
      // RFC 4279, section 2: both parts with their lengths.
      ByteBuffer premaster = ByteBuffer.allocate(2 + other.length + 2 + identity.length);
      premaster.putShort((short) other.length).put(other);
      premaster.putShort((short) identity.length).put(identity);
      TlsSecret master =
          crypto
              .createSecret(premaster.array())
              .deriveUsingPRF(prf, masterLabel, masterSeed, MASTER_SECRET_BYTES);
      return master
          .deriveUsingPRF(prf, ExporterLabel.key_expansion, keySeed, algorithm.keyBlockBytes())
          .extract();
    }
  }

  private final class Exchanges extends DefaultTlsKeyExchangeFactory {
    @Override
    public TlsKeyExchange createPSKKeyExchangeServer(
        int exchange,
        TlsPSKIdentityManager identities,
        @Nullable TlsDHConfig dhConfig,
        @Nullable TlsECConfig ecConfig) {
      return new Exchange(exchange, identities, dhConfig, ecConfig);
    }
  }

  private final class Exchange extends TlsPSKKeyExchange {
    private Exchange(
        int exchange,
        TlsPSKIdentityManager identities,
        @Nullable TlsDHConfig dhConfig,
        @Nullable TlsECConfig ecConfig) {
      super(exchange, identities, dhConfig, ecConfig);
    }

    @Override
    protected byte[] generateOtherSecret(int keyLength) throws IOException {
      byte[] secret = super.generateOtherSecret(keyLength);
      if (requiresServerKeyExchange()) { // plain PSK adds zeros, as many as the key is long
        otherSecret = secret.clone();
      }
      return secret;
    }
  }
}
