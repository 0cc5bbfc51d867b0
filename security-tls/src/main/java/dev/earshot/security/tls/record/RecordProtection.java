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
  private final boolean hidesTypes;
  private final RecordSealer sealer;
  private final RecordOpener opener;

  private RecordProtection(
      RecordAlgorithm algorithm, boolean hidesTypes, RecordSealer sealer, RecordOpener opener) {
    this.algorithm = algorithm;
    this.hidesTypes = hidesTypes;
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
      return of(out, in);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + algorithm, e);
    } finally {
      Arrays.fill(keyBlock, (byte) 0);
    }
  }

  /**
   * The protection of TLS 1.3 that the traffic secrets of both sides give; they are kept, and
   * overwritten when keys are changed.
   *
   * @param server whether this side is the server
   */
  public static RecordProtection ofTls13(
      RecordAlgorithm algorithm, byte[] clientSecret, byte[] serverSecret, boolean server) {
    TrafficSecret own = new TrafficSecret(server ? serverSecret : clientSecret);
    TrafficSecret peers = new TrafficSecret(server ? clientSecret : serverSecret);
    try {
      return of(
          new CipherOfTls13(algorithm, Cipher.ENCRYPT_MODE, own),
          new CipherOfTls13(algorithm, Cipher.DECRYPT_MODE, peers));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + algorithm, e);
    }
  }

  private static RecordProtection of(RecordCipher out, RecordCipher in) {
    RecordAlgorithm algorithm = out.algorithm();
    return new RecordProtection(
        algorithm,
        out.isUpdatable(),
        new RecordSealer(out, algorithm.maximumBlocks()),
        new RecordOpener(in));
  }

  private static RecordCipher cipher(
      RecordAlgorithm algorithm, byte[] keyBlock, int mode, boolean serverKey)
      throws GeneralSecurityException {
    int key = serverKey ? algorithm.keyBytes() : 0;
    int nonce = 2 * algorithm.keyBytes() + (serverKey ? algorithm.fixedNonceBytes() : 0);
    return new CipherOfTls12(
        algorithm,
        mode,
        algorithm.key(keyBlock, key),
        Arrays.copyOfRange(keyBlock, nonce, nonce + algorithm.fixedNonceBytes()));
  }

  /** The cipher. */
  public RecordAlgorithm algorithm() {
    return algorithm;
  }

  /** Whether records are those of TLS 1.3: all look like data, and keys can be changed. */
  public boolean isTls13() {
    return hidesTypes;
  }

  /**
   * Whether the peer expects protected records by now: in TLS 1.3 from the first keys on, in TLS
   * 1.2 once this side has sent one.
   */
  public boolean isInUse() {
    return hidesTypes || sealer.used();
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
    short shown = hidesTypes ? RecordFormat.APPLICATION_DATA : contentType;
    return new TlsEncodeResult(record, 0, record.length, shown);
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
    byte[] content = new byte[opener.room(length)];
    try {
      int opened = opener.open(recordType, ciphertext, offset, length, content, 0);
      return new TlsDecodeResult(content, 0, opened, (short) opener.type());
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

  /** Never asked for: keys are changed beside Bouncy Castle, which has been let go by then. */
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
    return hidesTypes;
  }

  @Override
  public boolean usesOpaqueRecordTypeEncode() {
    return hidesTypes;
  }
}
