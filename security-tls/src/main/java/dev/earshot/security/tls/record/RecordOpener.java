package dev.earshot.security.tls.record;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/**
 * Checks and reads records that arrive. Not thread-safe.
 *
 * <p>Works on heap arrays, on which the JDK's cipher is fastest, and allocates nothing itself.
 */
public final class RecordOpener {
  private final RecordCipher cipher;

  RecordOpener(RecordCipher cipher) {
    this.cipher = cipher;
  }

  /** How much longer a record's body is than its content. */
  public int overhead() {
    return cipher.algorithm().overhead();
  }

  /**
   * Writes the content of the next record to {@code target}.
   *
   * @param body the record without its header, which gave {@code type} and {@code length}
   * @return the content's length, which is {@code length} less {@link #overhead}
   * @throws AEADBadTagException if this is not the next record as the peer sealed it; {@code
   *     target} may have been written to
   */
  public int open(int type, byte[] body, int offset, int length, byte[] target, int at)
      throws AEADBadTagException {
    int content = length - overhead();
    if (content < 0) {
      throw new AEADBadTagException("a record of " + length + " bytes is too short");
    }
    int explicit = cipher.algorithm().explicitNonceBytes();
    try {
      Cipher ready = cipher.nextToOpen(type, content, body, offset);
      return ready.doFinal(body, offset + explicit, length - explicit, target, at);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening a record of " + length + " bytes", e);
    }
  }
}
