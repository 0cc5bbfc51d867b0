package dev.earshot.security.tls.dtls;

import dev.earshot.security.tls.record.DatagramProtection;
import dev.earshot.security.tls.record.RecordAlgorithm;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/**
 * From a pre-shared key, or what was agreed on, to what protects records and proves the handshake
 * (RFC 4279, section 2; RFC 5246, sections 6.3, 7.4.9 and 8.1; RFC 7627). Not thread-safe.
 */
final class KeySchedule {
  private static final int MASTER_SECRET_BYTES = 48;
  private static final int VERIFY_DATA_BYTES = 12;

  private final TlsCrypto crypto;
  private final Inputs inputs;

  /**
   * What keys are made of besides the pre-shared key.
   *
   * @param algorithm what protects the records
   * @param hash the suite's
   * @param clientRandom the client's random bytes
   * @param serverRandom the server's
   * @param sessionHash the hash of the handshake up to the client's key exchange, if the master
   *     secret is the extended one; null otherwise
   * @param other what the key exchange agreed on; null if that adds nothing
   */
  record Inputs(
      RecordAlgorithm algorithm,
      SuiteHash hash,
      byte[] clientRandom,
      byte[] serverRandom,
      byte @Nullable [] sessionHash,
      byte @Nullable [] other) {}

  KeySchedule(TlsCrypto crypto, Inputs inputs) {
    this.crypto = crypto;
    this.inputs = inputs;
  }

  /** The master secret that {@code key} gives. */
  TlsSecret master(byte[] key) {
    byte[] agreed = inputs.other();
    // RFC 4279, section 2: plain PSK has zeros instead, as many as the key is long.
    byte[] other = agreed == null ? new byte[key.length] : agreed;
    ByteBuffer premaster = ByteBuffer.allocate(2 + other.length + 2 + key.length);
    premaster.putShort((short) other.length).put(other);
    premaster.putShort((short) key.length).put(key);
    return masterOf(premaster.array());
  }

  /** The master secret of what the key exchange alone agreed on. */
  TlsSecret master() {
    byte[] agreed = inputs.other();
    if (agreed == null) {
      throw new IllegalStateException("nothing is agreed on");
    }
    return masterOf(agreed.clone());
  }

  /** Overwrites {@code premaster}. */
  private TlsSecret masterOf(byte[] premaster) {
    TlsSecret secret = crypto.createSecret(premaster.clone());
    Arrays.fill(premaster, (byte) 0);
    byte[] session = inputs.sessionHash();
    int function = inputs.hash().function();
    TlsSecret master =
        session != null
            ? secret.deriveUsingPRF(
                function, ExporterLabel.extended_master_secret, session, MASTER_SECRET_BYTES)
            : secret.deriveUsingPRF(
                function,
                ExporterLabel.master_secret,
                joined(inputs.clientRandom(), inputs.serverRandom()),
                MASTER_SECRET_BYTES);
    secret.destroy();
    return master;
  }

  /** What protects the records of epoch 1. */
  DatagramProtection protection(TlsSecret master, boolean server) {
    TlsSecret block =
        master.deriveUsingPRF(
            inputs.hash().function(),
            ExporterLabel.key_expansion,
            joined(inputs.serverRandom(), inputs.clientRandom()),
            inputs.algorithm().keyBlockBytes());
    return DatagramProtection.of(inputs.algorithm(), block.extract(), server);
  }

  /** The content of a Finished message, with a suite that hashes with {@code hash}. */
  static byte[] verifyData(
      TlsSecret master, SuiteHash hash, boolean ofServer, byte[] transcriptHash) {
    String label = ofServer ? ExporterLabel.server_finished : ExporterLabel.client_finished;
    return master
        .deriveUsingPRF(hash.function(), label, transcriptHash, VERIFY_DATA_BYTES)
        .extract();
  }

  /** Overwrites what the key exchange agreed on. */
  void wipe() {
    byte[] other = inputs.other();
    if (other != null) {
      Arrays.fill(other, (byte) 0);
    }
  }

  private static byte[] joined(byte[] one, byte[] two) {
    return org.bouncycastle.util.Arrays.concatenate(one, two);
  }
}
