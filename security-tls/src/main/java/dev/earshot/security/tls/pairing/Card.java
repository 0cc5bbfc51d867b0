package dev.earshot.security.tls.pairing;

import dev.earshot.FramingException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What each side tells the other about itself once both know the code: the name that it goes by.
 *
 * @param name 1 to 63 bytes of UTF-8 without control characters
 */
public record Card(String name) {
  /** The most bytes of a name. */
  public static final int NAME_BYTES = 63;

  /** A card takes the same space whatever the name, so that its length tells nothing. */
  static final int BYTES = 1 + NAME_BYTES;

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if the name is empty, too long or has control characters
   */
  public Card {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > NAME_BYTES || name.isBlank() || hasControls(name)) {
      throw new IllegalArgumentException(
          "a name has 1 to " + NAME_BYTES + " bytes of UTF-8 and no control characters");
    }
  }

  byte[] encode() {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[BYTES];
    all[0] = (byte) text.length;
    System.arraycopy(text, 0, all, 1, text.length);
    return all;
  }

  static Card decode(byte[] bytes) throws FramingException {
    int length = bytes.length == BYTES ? bytes[0] : -1;
    if (length < 1 || length > NAME_BYTES) {
      throw new FramingException("pairing: a card with a name of " + length + " bytes");
    }
    for (int i = 1 + length; i < BYTES; i++) {
      if (bytes[i] != 0) {
        throw new FramingException("pairing: a card with something behind the name");
      }
    }
    try {
      byte[] text = Arrays.copyOfRange(bytes, 1, 1 + length);
      return new Card(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString());
    } catch (CharacterCodingException | IllegalArgumentException e) {
      throw new FramingException("pairing: a card with a name that is no text", e);
    }
  }

  // Also what changes the direction of writing: a name is shown to people who must trust it.
  private static boolean hasControls(String name) {
    return name.codePoints()
        .map(Character::getType)
        .anyMatch(
            type ->
                type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR);
  }
}
