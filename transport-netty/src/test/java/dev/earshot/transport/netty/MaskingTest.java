package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskingTest {
  private static final int KEY = 0xA1B2_C3D4;

  private final Random random = new Random(7);

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** RFC 6455, section 5.3, as it is written there. */
  private static byte[] asWritten(byte[] source, int from, int count, int key) {
    byte[] result = new byte[count];
    for (int i = 0; i < count; i++) {
      result[i] = (byte) (source[from + i] ^ key >>> 8 * (i % 4));
    }
    return result;
  }

  @Test
  void everyLengthAtEveryOffsetIsMaskedAsTheRfcHasIt() {
    for (int count = 0; count < 100; count++) {
      for (int from = 0; from < 9; from++) {
        byte[] source = random(from + count + 3);
        byte[] target = new byte[count + 5];
        Masking.copy(source, from, target, 2, count, KEY);
        byte[] expected = new byte[count + 5];
        System.arraycopy(asWritten(source, from, count, KEY), 0, expected, 2, count);
        assertThat(target).as("%d bytes at %d", count, from).isEqualTo(expected);
      }
    }
  }

  @Test
  void manyBytesAreMaskedLikeFew() {
    for (int count : new int[] {1_023, 1_024, 1_027, 8_191, 8_192, 8_193, 65_536, 65_543}) {
      for (int from = 0; from < 9; from++) {
        byte[] source = random(from + count + 3);
        byte[] copied = new byte[count + 16];
        Masking.copy(source, from, copied, 11 - from, count, KEY);
        byte[] expected = new byte[count + 16];
        System.arraycopy(asWritten(source, from, count, KEY), 0, expected, 11 - from, count);
        assertThat(copied).as("%d bytes at %d", count, from).isEqualTo(expected);

        byte[] inPlace = source.clone();
        Masking.apply(inPlace, from, count, KEY);
        System.arraycopy(expected, 11 - from, source, from, count);
        assertThat(inPlace).as("%d bytes at %d, in place", count, from).isEqualTo(source);
      }
    }
  }

  @Test
  void whatIsMaskedInPartsIsMaskedAsAWhole() {
    byte[] whole = random(200);
    for (int cut = 0; cut <= whole.length; cut++) {
      byte[] bytes = whole.clone();
      Masking.apply(bytes, 0, cut, KEY);
      Masking.apply(bytes, cut, whole.length - cut, Masking.rotate(KEY, cut));
      assertThat(bytes).isEqualTo(asWritten(whole, 0, whole.length, KEY));
    }
  }

  @Test
  void keysDoNotRepeatAsAStreamWould() {
    MaskKeys keys = new MaskKeys();
    MaskKeys others = new MaskKeys();
    int count = 100_000;
    long distinct =
        java.util.stream.IntStream.range(0, count).map(i -> keys.next()).distinct().count();
    assertThat(distinct).isGreaterThan(count - 20); // a few of 2^32 meet by chance
    assertThat(keys.next()).isNotEqualTo(others.next());
  }
}
