package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.Amplification;
import dev.earshot.testing.Fuzzing;
import java.util.List;

/**
 * TXT records, from anybody on the link: any bytes are one; what is read of them can be published
 * again and says the same; and as text they upset no terminal.
 */
public final class TxtRecordFuzz {
  private static final int FACTOR = 600; // a pair of two bytes is an entry with a key and a value
  private static final int BASE = 1 << 20;

  private TxtRecordFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(
        input.length, FACTOR, BASE, () -> TxtRecord.ofData(Payload.wrap(input)).toString());
    TxtRecord record = TxtRecord.ofData(Payload.copyOf(input));
    if (input.length > 0) {
      assertThat(record.data().toByteArray()).isEqualTo(input);
    }
    assertThat(record.toString().codePoints().noneMatch(Character::isISOControl)).isTrue();
    TxtRecord.Builder builder = TxtRecord.builder();
    for (String key : record.keys()) {
      assertThat(record.contains(key)).isTrue();
      record.data(key).ifPresentOrElse(value -> builder.put(key, value), () -> builder.put(key));
    }
    if (input.length <= TxtRecord.MAXIMUM_BYTES) {
      compare(record, builder.build());
    }
  }

  private static void compare(TxtRecord record, TxtRecord again) {
    assertThat(again.keys()).isEqualTo(record.keys());
    for (String key : record.keys()) {
      assertThat(again.data(key)).isEqualTo(record.data(key));
    }
  }

  /** Pairs of each kind, and broken ones. */
  static List<byte[]> seeds() {
    return List.of(
        TxtRecord.empty().data().toByteArray(),
        TxtRecord.builder().put("a", "1").put("B", "").put("c").build().data().toByteArray(),
        Fuzzing.text("\3a=1\3A=2\1c\0\2=x\4b\1=2\5d=\u001B[m"),
        Fuzzing.text("\5a=1"));
  }
}
