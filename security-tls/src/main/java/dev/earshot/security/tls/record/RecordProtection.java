package dev.earshot.security.tls.record;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;

/**
 * What protects the records of one connection, in both directions. Not thread-safe.
 *
 * <p>It owns both sequence numbers, so that the few records that Bouncy Castle sends and receives
 * at the end of the handshake (through {@link TlsCipher}) and those that follow beside it (through
 * {@link #sealer} and {@link #opener}) are one sequence.
 */
public final class RecordProtection implements TlsCipher {
  private final RecordAlgorithm algorithm;
  private final RecordSealer sealer;
  private final RecordOpener opener;

  private RecordProtection(RecordAlgorithm algorithm, RecordSealer sealer, RecordOpener opener) {
    this.algorithm = algorithm;
    this.sealer = sealer;
    this.opener = opener;
  }

  /**
   * The protection that a key block gives, which is overwritten.
   *
   * @param server whether this side is the server
   */
  public static RecordProtection of(RecordAlgorithm algorithm, byte[] keyBlock, boolean server) {
    try {
      // RFC 5246, section 6.3: client key, server key, client nonce, server nonce.
      RecordCipher out = cipher(algorithm, keyBlock, Cipher.ENCRYPT_MODE, server);
      RecordCipher in = cipher(algorithm, keyBlock, Cipher.DECRYPT_MODE, !server);
      return new RecordProtection(
          algorithm, new RecordSealer(out, algorithm.maximumBlocks()), new RecordOpener(in));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + algorithm, e);
    } finally {
      Arrays.fill(keyBlock, (byte) 0);
    }
  }

  private static RecordCipher cipher(
      RecordAlgorithm algorithm, byte[] keyBlock, int mode, boolean serverKey)
      throws GeneralSecurityException {
    int key = serverKey ? algorithm.keyBytes() : 0;
    int nonce = 2 * algorithm.keyBytes() + (serverKey ? algorithm.fixedNonceBytes() : 0);
    return new RecordCipher(
        algorithm,
        mode,
        algorithm.key(keyBlock, key),
        Arrays.copyOfRange(keyBlock, nonce, nonce + algorithm.fixedNonceBytes()));
  }

  /** The cipher. */
  public RecordAlgorithm algorithm() {
    return algorithm;
  }

  /** For what is sent. */
  public RecordSealer sealer() {
    return sealer;
  }

  /** For what arrives. */
  public RecordOpener opener() {
    return opener;
  }

  @Override
  public TlsEncodeResult encodePlaintext(
      long sequence,
      short contentType,
      ProtocolVersion version,
      int headerBytes,
      byte[] plaintext,
      int offset,
      int length) {
    byte[] record = new byte[sealer.overhead() + length];
    sealer.seal(contentType, plaintext, offset, length, record, 0);
    return new TlsEncodeResult(record, 0, record.length, contentType);
  }

  @Override
  public TlsDecodeResult decodeCiphertext(
      long sequence,
      short recordType,
      ProtocolVersion version,
      byte[] ciphertext,
      int offset,
      int length)
      throws IOException {
    byte[] content = new byte[Math.max(0, length - opener.overhead())];
    try {
      int opened = opener.open(recordType, ciphertext, offset, length, content, 0);
      return new TlsDecodeResult(content, 0, opened, recordType);
    } catch (AEADBadTagException e) {
      throw new TlsFatalAlert(AlertDescription.bad_record_mac, e);
    }
  }

  @Override
  public int getCiphertextDecodeLimit(int plaintextLimit) {
    return plaintextLimit + opener.overhead();
  }

  @Override
  public int getCiphertextEncodeLimit(int plaintextLimit) {
    return plaintextLimit + opener.overhead();
  }

  @Override
  public int getPlaintextDecodeLimit(int ciphertextLimit) {
    return ciphertextLimit - opener.overhead();
  }

  @Override
  public int getPlaintextEncodeLimit(int ciphertextLimit) {
    return ciphertextLimit - opener.overhead();
  }

  @Override
  public void rekeyDecoder() throws IOException {
    throw new TlsFatalAlert(AlertDescription.internal_error);
  }

  @Override
  public void rekeyEncoder() throws IOException {
    throw new TlsFatalAlert(AlertDescription.internal_error);
  }

  @Override
  public boolean usesOpaqueRecordTypeDecode() {
    return false;
  }

  @Override
  public boolean usesOpaqueRecordTypeEncode() {
    return false;
  }
}
