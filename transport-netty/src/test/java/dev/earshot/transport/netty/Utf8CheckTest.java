package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8CheckTest {
  private final CharsetDecoder oracle =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final CharBuffer chars = CharBuffer.allocate(16);

  private boolean isWellFormed(byte[] bytes) {
    oracle.reset();
    chars.clear();
    CoderResult result = oracle.decode(ByteBuffer.wrap(bytes), chars, true);
    return !result.isError() && !oracle.flush(chars).isError();
  }

  private static boolean accepts(byte[] bytes) {
    Utf8Check check = new Utf8Check();
    return check.accepts(bytes, 0, bytes.length) && check.isComplete();
  }

  @Test
  void everySequenceOfUpToThreeBytesIsJudgedAsTheJdkJudgesIt() {
    int wrong = 0;
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        byte[] two = {(byte) first, (byte) second};
        wrong += accepts(two) == isWellFormed(two) ? 0 : 1;
        if (first >= 0xE0) { // the others end earlier
          for (int third = 0; third < 256; third++) {
            byte[] three = {(byte) first, (byte) second, (byte) third};
            wrong += accepts(three) == isWellFormed(three) ? 0 : 1;
          }
        }
      }
    }
    assertThat(wrong).isZero();
  }

  @Test
  void everySequenceOfFourBytesAtTheBordersIsJudgedAsTheJdkJudgesIt() {
    int[] borders = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xFF};
    for (int first = 0xF0; first < 256; first++) {
      for (int second : borders) {
        for (int third : borders) {
          for (int fourth : borders) {
            byte[] four = {(byte) first, (byte) second, (byte) third, (byte) fourth};
            assertThat(accepts(four)).isEqualTo(isWellFormed(four));
          }
        }
      }
    }
  }

  @Test
  void textMayBeCutAnywhere() {
    byte[] text = "0123456789 κόσμε grüße 𝄞 漢字 abcdefghijklmnop".getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut <= text.length; cut++) {
      Utf8Check check = new Utf8Check();
      assertThat(check.accepts(text, 0, cut)).isTrue();
      assertThat(check.accepts(text, cut, text.length)).isTrue();
      assertThat(check.isComplete()).isTrue();
    }
  }

  @Test
  void theFirstByteThatCannotBeRightIsRefused() {
    // F4 90 begins what would be beyond U+10FFFF; F4 alone may still become something.
    Utf8Check check = new Utf8Check();
    assertThat(check.accepts(new byte[] {(byte) 0xF4}, 0, 1)).isTrue();
    assertThat(check.accepts(new byte[] {(byte) 0x90}, 0, 1)).isFalse();
  }

  @Test
  void anUnfinishedCharacterIsNoEnd() {
    Utf8Check check = new Utf8Check();
    assertThat(check.accepts(new byte[] {'a', (byte) 0xE6, (byte) 0xBC}, 0, 3)).isTrue();
    assertThat(check.isComplete()).isFalse();
  }
}
