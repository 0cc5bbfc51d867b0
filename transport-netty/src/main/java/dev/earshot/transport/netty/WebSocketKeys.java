package dev.earshot.transport.netty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The challenge of the opening handshake and its answer (RFC 6455, section 4). */
final class WebSocketKeys {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private WebSocketKeys() {}

  /** A new challenge. */
  static String challenge(MaskKeys random) {
    ByteBuffer key = ByteBuffer.allocate(KEY_BYTES);
    while (key.hasRemaining()) {
      key.putInt(random.next());
    }
    return Base64.getEncoder().encodeToString(key.array());
  }

  /** Whether {@code key} is a challenge: 16 bytes in base64. */
  static boolean isChallenge(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES && key.endsWith("==");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The answer to the challenge {@code key}. */
  static String answer(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is missing from this Java", e);
    }
  }
}
