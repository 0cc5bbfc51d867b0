package dev.earshot.security.tls.dtls;

/**
 * A whole handshake message. Immutable: nobody writes to the body.
 *
 * @param type what it is (RFC 6347, section 4.3.2)
 * @param number its {@code message_seq}
 * @param body what follows the header
 */
record HandshakeMessage(int type, int number, byte[] body) {
  /** Type, length, number, offset and length of the fragment (RFC 6347, section 4.2.2). */
  static final int HEADER_BYTES = 12;

  static final int HELLO_REQUEST = 0;
  static final int CLIENT_HELLO = 1;
  static final int SERVER_HELLO = 2;
  static final int HELLO_VERIFY_REQUEST = 3;
  static final int CERTIFICATE = 11;
  static final int SERVER_KEY_EXCHANGE = 12;
  static final int CERTIFICATE_REQUEST = 13;
  static final int SERVER_HELLO_DONE = 14;
  static final int CERTIFICATE_VERIFY = 15;
  static final int CLIENT_KEY_EXCHANGE = 16;
  static final int FINISHED = 20;

  /** Writes the header of the fragment of {@code length} bytes from {@code offset} on. */
  void putHeader(byte[] target, int at, int offset, int length) {
    target[at] = (byte) type;
    putMedium(target, at + 1, body.length);
    target[at + 4] = (byte) (number >>> 8);
    target[at + 5] = (byte) number;
    putMedium(target, at + 6, offset);
    putMedium(target, at + 9, length);
  }

  /** As it counts for the transcript: in one piece (RFC 6347, section 4.2.6). */
  byte[] whole() {
    byte[] bytes = new byte[HEADER_BYTES + body.length];
    putHeader(bytes, 0, 0, body.length);
    System.arraycopy(body, 0, bytes, HEADER_BYTES, body.length);
    return bytes;
  }

  static int medium(byte[] source, int at) {
    return (source[at] & 0xFF) << 16 | (source[at + 1] & 0xFF) << 8 | (source[at + 2] & 0xFF);
  }

  private static void putMedium(byte[] target, int at, int value) {
    target[at] = (byte) (value >>> 16);
    target[at + 1] = (byte) (value >>> 8);
    target[at + 2] = (byte) value;
  }
}
