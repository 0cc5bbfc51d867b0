package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PayloadTest {
  private static final byte[] BYTES = {0, 1, 2, 3, -4, 5};

  @Test
  void aCopyDoesNotChangeWithItsSource() {
    byte[] source = BYTES.clone();
    Payload whole = Payload.copyOf(source);
    Payload part = Payload.copyOf(source, 1, 3);
    Payload buffer = Payload.copyOf(ByteBuffer.wrap(source));
    source[1] = 99;
    assertThat(whole.toByteArray()).isEqualTo(BYTES);
    assertThat(part.toByteArray()).containsExactly(1, 2, 3);
    assertThat(buffer).isEqualTo(whole);
  }

  @Test
  void aCopyOfABufferIsOfItsRestAndLeavesItAlone() {
    ByteBuffer source = ByteBuffer.wrap(BYTES).position(2).limit(5);
    assertThat(Payload.copyOf(source).toByteArray()).containsExactly(2, 3, -4);
    assertThat(source.position()).isEqualTo(2);
    ByteBuffer direct = ByteBuffer.allocateDirect(4).putInt(0x01020304).flip();
    assertThat(Payload.copyOf(direct.asReadOnlyBuffer()).toByteArray()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void whatItGivesAwayCannotChangeIt() {
    Payload payload = Payload.copyOf(BYTES);
    payload.toByteArray()[0] = 99;
    assertThat(payload.byteAt(0)).isZero();
    assertThatThrownBy(() -> payload.asByteBuffer().put(0, (byte) 99))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThat(payload.asByteBuffer().order()).isEqualTo(ByteOrder.BIG_ENDIAN);
  }

  @Test
  void payloadsCompareByContentWhereverTheirBytesLie() {
    Payload slice = Payload.copyOf(BYTES).slice(1, 3);
    Payload same = Payload.wrap(new byte[] {1, 2, 3});
    assertThat(slice).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(slice).isNotEqualTo(Payload.wrap(new byte[] {1, 2, 4}));
    assertThat(slice).isNotEqualTo(Payload.wrap(new byte[] {1, 2}));
    assertThat(slice).isNotEqualTo("text");
  }

  @Test
  void slicesOfSlicesAndCopiesAgreeWithAnArray() {
    Random random = new Random(11);
    byte[] bytes = new byte[200];
    random.nextBytes(bytes);
    for (int i = 0; i < 1_000; i++) {
      int from = random.nextInt(150);
      int length = random.nextInt(50);
      Payload slice = Payload.wrap(bytes).slice(from, 50).slice(0, length);
      byte[] target = new byte[length + 2];
      slice.copyTo(0, target, 1, length);
      for (int at = 0; at < length; at++) {
        assertThat(slice.byteAt(at)).isEqualTo(bytes[from + at]).isEqualTo(target[at + 1]);
      }
      assertThat(slice.asByteBuffer()).isEqualTo(ByteBuffer.wrap(bytes, from, length));
    }
  }

  @Test
  void nobodyReadsBeyondTheEnd() {
    Payload slice = Payload.copyOf(BYTES).slice(2, 2);
    assertThatThrownBy(() -> slice.byteAt(2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.byteAt(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(1, Integer.MAX_VALUE))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.copyTo(0, new byte[9], 0, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Payload.copyOf(BYTES, 5, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void nothingIsAlwaysTheSameNothing() {
    assertThat(Payload.empty())
        .isSameAs(Payload.utf8(""))
        .isSameAs(Payload.copyOf(new byte[0]))
        .isSameAs(Payload.copyOf(BYTES, 3, 0))
        .isSameAs(Payload.copyOf(ByteBuffer.allocate(0)))
        .isSameAs(Payload.copyOf(BYTES).slice(6, 0));
    assertThat(Payload.empty().isEmpty()).isTrue();
  }

  @Test
  void textIsUtf8BothWaysAndWhatIsMalformedIsReplaced() {
    assertThat(Payload.utf8("naïve 😀").toUtf8String()).isEqualTo("naïve 😀");
    assertThat(Payload.wrap(new byte[] {'a', (byte) 0xFF, 'b'}).toUtf8String())
        .isEqualTo("a\uFFFDb");
  }

  @Test
  void itPrintsItsSizeAndNeverItsContent() {
    assertThat(Payload.utf8("secret")).hasToString("Payload[6 bytes]");
  }
}
