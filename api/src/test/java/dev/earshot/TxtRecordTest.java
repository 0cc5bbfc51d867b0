package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TxtRecordTest {

  @Test
  void pairsKeepTheirOrderAndLieOneAfterTheOtherOnTheWire() {
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs.put("b", "2");
    pairs.put("a", "1");
    TxtRecord record = TxtRecord.of(pairs);
    assertThat(record.keys()).containsExactly("b", "a");
    assertThat(record.data()).isEqualTo(Payload.utf8("\u0003b=2\u0003a=1"));
  }

  @Test
  void aRecordWithoutPairsIsASingleZeroByte() {
    // RFC 6763, section 6.1.
    assertThat(TxtRecord.empty().data()).isEqualTo(Payload.wrap(new byte[1]));
    assertThat(TxtRecord.builder().build()).isSameAs(TxtRecord.empty());
    assertThat(TxtRecord.ofData(Payload.empty())).isSameAs(TxtRecord.empty());
    assertThat(TxtRecord.empty().keys()).isEmpty();
  }

  @Test
  void aKeyAloneAnEmptyValueAndAValueAreThreeDifferentThings() {
    // RFC 6763, section 6.4.
    TxtRecord record = TxtRecord.builder().put("alone").put("empty", "").put("full", "x").build();
    assertThat(record.contains("alone")).isTrue();
    assertThat(record.value("alone")).isEmpty();
    assertThat(record.value("empty")).contains("");
    assertThat(record.value("full")).contains("x");
    assertThat(record.contains("missing")).isFalse();
    assertThat(record.value("missing")).isEmpty();
    assertThat(record).hasToString("TxtRecord[alone, empty=, full=x]");
  }

  @Test
  void keysCompareWithoutRegardToCaseAndAreKeptAsWritten() {
    TxtRecord record = TxtRecord.of(Map.of("PeerID", "7"));
    assertThat(record.value("peerid")).contains("7");
    assertThat(record.value("PEERID")).contains("7");
    assertThat(record.keys()).containsExactly("PeerID");
  }

  @Test
  void ofEqualKeysTheFirstCountsWhenReadAndNoneMayBeWritten() {
    // RFC 6763, section 6.4.
    TxtRecord read = TxtRecord.ofData(strings("a=1", "A=2", "b"));
    assertThat(read.value("a")).contains("1");
    assertThat(read.keys()).containsExactly("a", "b");
    assertThatThrownBy(() -> TxtRecord.builder().put("a", "1").put("A", "2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stands twice");
  }

  @Test
  void aValueMayContainAnythingAlsoEqualsSigns() {
    byte[] binary = {0, '=', -1, '=', 7};
    TxtRecord record = TxtRecord.builder().put("k", Payload.wrap(binary)).build();
    assertThat(TxtRecord.ofData(record.data()).data("k")).contains(Payload.wrap(binary));
  }

  @Test
  void whatBreaksTheRulesIsPassedOverAndTheRestIsRead() {
    // RFC 6763, sections 6.1 and 6.4: empty strings, and strings that begin with '='.
    TxtRecord record = TxtRecord.ofData(strings("", "=novalue", "k\u0007=bad", "ok=yes", ""));
    assertThat(record.keys()).containsExactly("ok");
    assertThat(record.data().length())
        .isEqualTo(strings("", "=novalue", "k\u0007=bad", "ok=yes", "").length());
  }

  @Test
  void aLengthThatRunsPastTheEndEndsTheRecord() {
    TxtRecord record = TxtRecord.ofData(Payload.utf8("\u0003a=1\u0009b=2"));
    assertThat(record.keys()).containsExactly("a");
  }

  @Test
  void anyBytesCanBeRead() {
    Random random = new Random(1);
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = new byte[random.nextInt(600)];
      random.nextBytes(bytes);
      Payload data = Payload.wrap(bytes);
      assertThatCode(
              () -> {
                TxtRecord record = TxtRecord.ofData(data);
                record.keys().forEach(record::data);
                assertThat(record.toString()).isNotNull();
                assertThat(data.isEmpty() || record.data().equals(data)).isTrue();
              })
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aPairTakes255BytesAndNoMore() {
    TxtRecord full = TxtRecord.builder().put("k", "x".repeat(253)).build();
    assertThat(full.data().length()).isEqualTo(256);
    assertThat(TxtRecord.ofData(full.data()).value("k")).contains("x".repeat(253));
    assertThatThrownBy(() -> TxtRecord.builder().put("k", "x".repeat(254)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("256 bytes, limit 255");
    assertThatThrownBy(() -> TxtRecord.builder().put("k".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRecordFitsOnePacket() {
    TxtRecord.Builder builder = TxtRecord.builder();
    for (int i = 0; i < 5; i++) {
      builder.put("k" + i, "x".repeat(252));
    }
    assertThat(builder.build().data().length()).isEqualTo(1_280);
    builder.put("more", "x".repeat(20));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit 1300");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a=b", "ä", "a\tb", "\u007F"})
  void keysArePrintableAsciiWithoutEqualsSign(String key) {
    assertThatThrownBy(() -> TxtRecord.builder().put(key, "v"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TxtRecord.builder().put(key))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void recordsCompareByTheirBytes() {
    TxtRecord one = TxtRecord.ofData(strings("a=1"));
    assertThat(one).isEqualTo(TxtRecord.of(Map.of("a", "1"))).hasSameHashCodeAs(one);
    assertThat(one).isNotEqualTo(TxtRecord.ofData(strings("a=1", "")));
  }

  @Test
  void whatIsNoTextIsPrintedByItsSize() {
    TxtRecord record =
        TxtRecord.builder()
            .put("bell", "\u0007")
            .put("reverse", "a\u202Eb")
            .put("binary", Payload.wrap(new byte[] {-1}))
            .build();
    assertThat(record)
        .hasToString(
            "TxtRecord[bell=Payload[1 bytes], reverse=Payload[5 bytes], binary=Payload[1 bytes]]");
    assertThat(record.value("bell")).isEqualTo(Optional.of("\u0007"));
  }

  private static Payload strings(String... strings) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String string : strings) {
      byte[] bytes = Payload.utf8(string).toByteArray();
      out.write(bytes.length);
      out.writeBytes(bytes);
    }
    return Payload.wrap(out.toByteArray());
  }
}
