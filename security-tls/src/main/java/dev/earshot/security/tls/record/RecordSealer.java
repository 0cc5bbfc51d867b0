package dev.earshot.security.tls.record;

import java.security.GeneralSecurityException;

/**
 * Protects records that are sent. Not thread-safe.
 *
 * <p>Works on heap arrays, on which the JDK's cipher is fastest, and allocates nothing itself.
 */
public final class RecordSealer {
  /** In blocks: what is kept back for the farewell. */
  static final long RESERVE = 1024;

  private final RecordCipher cipher;
  private final long maximumBlocks;
  private long blocks;

  RecordSealer(RecordCipher cipher, long maximumBlocks) {
    this.cipher = cipher;
    this.maximumBlocks = maximumBlocks;
  }

  /** How much longer a record is than its content, header included. */
  public int overhead() {
    return RecordFormat.HEADER_BYTES + cipher.overhead();
  }

  /** Whether a record has been sealed. */
  public boolean used() {
    return cipher.sequence() > 0;
  }

  /** Whether the key has protected so much that it must be changed, or a farewell must follow. */
  public boolean usedUp() {
    return blocks >= maximumBlocks - RESERVE;
  }

  /**
   * Writes a whole record with {@code length} bytes of {@code source} to {@code target}.
   *
   * @return the record's length
   * @throws IllegalStateException if the key is used up, or the JDK's cipher failed
   */
  public int seal(int type, byte[] source, int offset, int length, byte[] target, int at) {
    count(RecordAlgorithm.blocks(length));
    try {
      return cipher.seal(type, source, offset, length, target, at);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing a record of " + length + " bytes", e);
    }
  }

  /** Whether the key can be changed, which takes TLS 1.3. */
  public boolean isUpdatable() {
    return cipher.isUpdatable();
  }

  /** Goes on with the next generation of keys (RFC 8446, section 7.2), which is unused. */
  public void update() {
    cipher.update();
    blocks = 0;
  }

  void count(long more) {
    if (more > maximumBlocks - blocks) {
      throw new IllegalStateException("the key has protected too much");
    }
    blocks += more;
  }
}
