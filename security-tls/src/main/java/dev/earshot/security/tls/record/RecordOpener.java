package dev.earshot.security.tls.record;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;

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
    return cipher.overhead();
  }

  /**
   * How much room {@link #open} needs for a body of {@code length} bytes; what is behind the
   * content then is of no use.
   */
  public int room(int length) {
    return cipher.room(length);
  }

  /**
   * The type of the record that was opened last; 0 if it has none. In TLS 1.2 it is the one that
   * its header gave, in TLS 1.3 the one inside.
   */
  public int type() {
    return cipher.openedType();
  }

  /** Goes on with the next generation of keys, in TLS 1.3 (RFC 8446, section 7.2). */
  public void update() {
    cipher.update();
  }

  /**
   * Writes the content of the next record to {@code target}.
   *
   * @param body the record without its header, which gave {@code type} and {@code length}
   * @return the content's length, which is at most {@link #room}
   * @throws AEADBadTagException if this is not the next record as the peer sealed it; {@code
   *     target} may have been written to
   */
  public int open(int type, byte[] body, int offset, int length, byte[] target, int at)
      throws AEADBadTagException {
    if (length < overhead()) {
      throw new AEADBadTagException("a record of " + length + " bytes is too short");
    }
    try {
      return cipher.open(type, body, offset, length, target, at);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening a record of " + length + " bytes", e);
    }
  }
}
