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

  /** The characters of 16 bytes in base64, before the two that fill the last four. */
  private static final int KEY_CHARACTERS = 22;

  private static final String FILLING = "==";

  /** Only copied, where it can be: looking it up takes longer than what is done with it. */
  private static final MessageDigest SHA_1 = sha1();

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
    if (key.length() != KEY_CHARACTERS + FILLING.length() || !key.endsWith(FILLING)) {
      return false;
    }
    for (int i = 0; i < KEY_CHARACTERS; i++) {
      char c = key.charAt(i);
      boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
      if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '/') {
        return false;
      }
    }
    return true;
  }

  /** The answer to the challenge {@code key}. */
  static String answer(String key) {
    try {
      return answer(key, (MessageDigest) SHA_1.clone());
    } catch (CloneNotSupportedException e) {
      return answer(key, sha1());
    }
  }

  private static String answer(String key, MessageDigest sha1) {
    byte[] digest = sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
    return Base64.getEncoder().encodeToString(digest);
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is missing from this Java", e);
    }
  }
}
