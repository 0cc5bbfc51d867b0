package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.PeerBytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Text against the JDK's own decoder: the same verdict however the text is cut.
 *
 * <p>The first two bytes say where to cut.
 */
public final class Utf8CheckFuzz {
  /** One of each range in which a second byte may have to be (RFC 3629, section 4). */
  private static final int[] TAILS = {0x80, 0x90, 0xA0};

  private Utf8CheckFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    PeerBytes bytes = new PeerBytes(input);
    int first = bytes.octet();
    int second = bytes.octet();
    byte[] text = bytes.rest();
    int cut = Math.min(first, text.length);
    int again = Math.min(cut + second, text.length);
    Utf8Check check = new Utf8Check();
    boolean accepted =
        check.accepts(text, 0, cut)
            && check.accepts(text, cut, again)
            && check.accepts(text, again, text.length);
    assertThat(accepted).as("can become well-formed").isEqualTo(canBecomeText(text, 3));
    if (accepted) {
      assertThat(check.isComplete()).as("ends with a character").isEqualTo(isText(text));
    }
  }

  /** Whether at most {@code missing} more bytes make a text of it. */
  private static boolean canBecomeText(byte[] text, int missing) {
    if (isText(text)) {
      return true;
    }
    if (missing == 0) {
      return false;
    }
    byte[] longer = Arrays.copyOf(text, text.length + 1);
    for (int tail : TAILS) {
      longer[text.length] = (byte) tail;
      if (canBecomeText(longer, missing - 1)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isText(byte[] text) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Characters of each length, and what is none. */
  static List<byte[]> seeds() {
    return List.of(
        seed("plain text of more than eight bytes"),
        seed("grüße κόσμε 写真 😀"),
        seed("\u007F\u0080\u07FF\u0800\uD7FF\uE000\uFFFD\uFFFF"),
        new byte[] {3, 1, (byte) 0xED, (byte) 0xA0, (byte) 0x80},
        new byte[] {1, 1, (byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
        new byte[] {1, 2, (byte) 0xC0, (byte) 0xAF, (byte) 0xE0, (byte) 0x80, (byte) 0xAF});
  }

  private static byte[] seed(String text) {
    return ("\4\3" + text).getBytes(StandardCharsets.UTF_8);
  }
}
