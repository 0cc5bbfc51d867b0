package dev.earshot.security.tls.record;

/** Numbers of the record layer (RFC 5246, section 6.2; RFC 8446, section 5.1). */
public final class RecordFormat {
  /** Type, version, length. */
  public static final int HEADER_BYTES = 5;

  /** The longest content of a record. */
  public static final int MAXIMUM_CONTENT = 1 << 14;

  /** The longest record that our suites make of it. */
  public static final int MAXIMUM_RECORD =
      HEADER_BYTES + RecordAlgorithm.AES_128_GCM.overhead() + MAXIMUM_CONTENT;

  /** The type of a record that says that a new cipher begins. */
  public static final int CHANGE_CIPHER_SPEC = 20;

  /** The type of a record with an alert. */
  public static final int ALERT = 21;

  /** The type of a record with handshake messages. */
  public static final int HANDSHAKE = 22;

  /** The type of a record with what a user sent. */
  public static final int APPLICATION_DATA = 23;

  private static final int MAJOR = 3;
  private static final int MINOR = 3;

  private RecordFormat() {}

  /** Writes the header of a record of TLS 1.2, which is that of TLS 1.3 as well. */
  public static void putHeader(byte[] target, int at, int type, int length) {
    target[at] = (byte) type;
    target[at + 1] = MAJOR;
    target[at + 2] = MINOR;
    target[at + 3] = (byte) (length >>> 8);
    target[at + 4] = (byte) length;
  }
}
