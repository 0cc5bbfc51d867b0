package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.ContentMetadata;
import dev.earshot.FramingException;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.TooLargeException;
import dev.earshot.WebSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
  private static final int MEBIBYTE = 1 << 20;

  private final List<String> controls = new ArrayList<>();
  private final List<Received> messages = new ArrayList<>();
  private FrameDecoder decoder = decoder(true, MEBIBYTE, 8);

  private FrameDecoder decoder(boolean fromClient, int size, int fragments) {
    WebSocketOptions options =
        WebSocketOptions.builder().maximumMessageSize(size).maximumFragments(fragments).build();
    return new FrameDecoder(
        fromClient,
        options,
        "a peer",
        (opcode, payload, batch) ->
            controls.add(opcode + ":" + new String(payload, StandardCharsets.UTF_8)));
  }

  private void decode(byte[] bytes) throws NetworkException {
    decoder.decode(bytes, 0, bytes.length, messages);
  }

  private void decode(Frames frames) throws NetworkException {
    decode(frames.toByteArray());
  }

  private static Frames client() {
    return new Frames(true);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 125, 126, 127, 65_535, 65_536, 65_537, 300_000})
  void aMessageOfEachLengthIsReadFromEitherSide(int length) throws Exception {
    byte[] payload = random(length);
    for (boolean fromClient : new boolean[] {true, false}) {
      decoder = decoder(fromClient, MEBIBYTE, 8);
      messages.clear();
      decode(new Frames(fromClient).add(0x82, payload).add(0x82, payload));
      Received expected = Received.message(Payload.copyOf(payload), ContentMetadata.BINARY);
      assertThat(messages).containsExactly(expected, expected);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void framesMayBeCutAtEveryByte(boolean fromClient) throws Exception {
    byte[] bytes =
        new Frames(fromClient)
            .add(0x81, "grüße")
            .add(0x82, random(200))
            .add(0x01, "κόσ")
            .add(0x89, "ping")
            .add(0x00, "")
            .add(0x80, "με")
            .add(0x82, "")
            .toByteArray();
    List<Received> expected = new ArrayList<>();
    decoder = decoder(fromClient, MEBIBYTE, 8);
    decoder.decode(bytes, 0, bytes.length, expected);
    assertThat(expected).hasSize(4);
    assertThat(expected.get(2))
        .isEqualTo(Received.message(Payload.utf8("κόσμε"), ContentMetadata.TEXT));
    for (int first = 0; first <= bytes.length; first++) {
      for (int second : new int[] {first, first + 1, first + 5, bytes.length}) {
        messages.clear();
        controls.clear();
        decoder = decoder(fromClient, MEBIBYTE, 8);
        int cut = Math.min(second, bytes.length);
        decoder.decode(bytes, 0, first, messages);
        decoder.decode(bytes, first, cut, messages);
        decoder.decode(bytes, cut, bytes.length, messages);
        assertThat(messages).as("cut at %d and %d", first, cut).isEqualTo(expected);
        assertThat(controls).containsExactly("9:ping");
      }
    }
  }

  @Test
  void byteByByteIsAsGoodAsAllAtOnce() throws Exception {
    byte[] bytes = client().add(0x82, random(70_000)).add(0x81, "end").toByteArray();
    for (byte b : bytes) {
      decode(new byte[] {b});
    }
    assertThat(messages).hasSize(2);
    assertThat(messages.get(0).content()).isEqualTo(Payload.wrap(random(70_000)));
  }

  @ParameterizedTest
  @CsvSource({
    "0xC2, a reserved bit", "0xA2, a reserved bit", "0x92, a reserved bit",
    "0x83, a reserved opcode", "0x87, a reserved opcode", "0x8B, a reserved opcode",
    "0x8F, a reserved opcode", "0x80, a continuation of nothing", "0x00, a continuation of nothing",
    "0x09, a ping in fragments", "0x08, a close in fragments", "0x0A, a pong in fragments"
  })
  void aFirstByteThatBreaksARuleIsEnoughToFail(String first, String why) {
    assertThatThrownBy(() -> decode(client().raw(Integer.decode(first))))
        .as(why)
        .isInstanceOf(FramingException.class);
    assertThat(decoder.violation()).isEqualTo(1002);
  }

  @Test
  void aMessageWithinAMessageFails() throws Exception {
    decode(client().add(0x01, "half"));
    assertThatThrownBy(() -> decode(client().raw(0x81))).isInstanceOf(FramingException.class);
  }

  @Test
  void theSideThatMustMaskMustAndTheOtherMustNot() {
    assertThatThrownBy(() -> decode(new Frames(false).add(0x82, "x")))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("unmasked");
    decoder = decoder(false, MEBIBYTE, 8);
    assertThatThrownBy(() -> decode(client().add(0x82, "x"))).isInstanceOf(FramingException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x88, 0x89, 0x8A})
  void aControlFrameOfMoreThan125BytesFails(int first) {
    assertThatThrownBy(() -> decode(client().raw(first, 0xFE)))
        .isInstanceOf(FramingException.class);
  }

  @Test
  void aLengthThatIsLongerThanItMustBeFails() {
    assertThatThrownBy(() -> decode(client().raw(0x82, 0xFE, 0, 125)))
        .isInstanceOf(FramingException.class);
    decoder = decoder(true, MEBIBYTE, 8);
    assertThatThrownBy(() -> decode(client().raw(0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF)))
        .isInstanceOf(FramingException.class);
  }

  @Test
  void aNegativeLengthFails() {
    assertThatThrownBy(
            () -> decode(client().raw(0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)))
        .isInstanceOf(FramingException.class);
  }

  @Test
  void aLengthBeyondTheLimitFailsBeforeAnyOfItArrives() {
    assertThatThrownBy(() -> decode(client().raw(0x82, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0)))
        .isInstanceOf(TooLargeException.class)
        .hasMessageContaining("maximumMessageSize");
    assertThat(decoder.violation()).isEqualTo(1009);
  }

  @Test
  void fragmentsTogetherMayNotExceedTheLimit() throws Exception {
    decoder = decoder(true, 100, 8);
    decode(client().add(0x02, random(60)).add(0x00, random(40)));
    assertThatThrownBy(() -> decode(client().add(0x80, random(1))))
        .isInstanceOf(TooLargeException.class);
  }

  @Test
  void aMessageOfTheLargestSizeIsReadAndOneMoreIsNot() throws Exception {
    decoder = decoder(true, 100, 8);
    decode(client().add(0x82, random(100)));
    assertThat(messages).hasSize(1);
    assertThatThrownBy(() -> decode(client().add(0x82, random(101))))
        .isInstanceOf(TooLargeException.class);
  }

  @Test
  void emptyFragmentsAreCounted() throws Exception {
    decode(client().add(0x02, ""));
    for (int i = 1; i < 8; i++) {
      decode(client().add(0x00, ""));
    }
    assertThatThrownBy(() -> decode(client().add(0x00, "")))
        .isInstanceOf(TooLargeException.class)
        .hasMessageContaining("maximumFragments");
  }

  @Test
  void announcedBytesTakeNoMemoryBeforeTheyArrive() throws Exception {
    int connections = 2_000;
    long before = usedMemory();
    List<FrameDecoder> decoders = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      FrameDecoder each = decoder(true, Integer.MAX_VALUE, 8);
      byte[] bytes =
          client().raw(0x82, 0xFF, 0, 0, 0, 0, 0x7F, 0, 0, 0, 1, 2, 3, 4, 9).toByteArray();
      each.decode(bytes, 0, bytes.length, messages);
      decoders.add(each);
    }
    assertThat(usedMemory() - before).isLessThan(connections * 16L << 10);
    assertThat(decoders).hasSize(connections);
  }

  private static long usedMemory() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void textThatIsNotUtf8FailsAsSoonAsItShows() throws Exception {
    byte[] bytes =
        client().add(0x81, new byte[] {'a', (byte) 0xF4, (byte) 0x90, 'b'}).toByteArray();
    decoder.decode(bytes, 0, bytes.length - 2, messages); // up to F4
    assertThatThrownBy(() -> decoder.decode(bytes, bytes.length - 2, bytes.length - 1, messages))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("UTF-8");
    assertThat(decoder.violation()).isEqualTo(1007);
  }

  @Test
  void textThatEndsWithinACharacterFails() {
    assertThatThrownBy(() -> decode(client().add(0x81, new byte[] {(byte) 0xC3})))
        .isInstanceOf(FramingException.class);
    assertThat(decoder.violation()).isEqualTo(1007);
  }

  @Test
  void aCharacterMaySpanFragments() throws Exception {
    decode(client().add(0x01, new byte[] {(byte) 0xC3}).add(0x80, new byte[] {(byte) 0xBC}));
    assertThat(messages.get(0).content().toUtf8String()).isEqualTo("ü");
  }

  @Test
  void whatCameBeforeAViolationIsKept() {
    assertThatThrownBy(() -> decode(client().add(0x81, "fine").raw(0xFF)))
        .isInstanceOf(FramingException.class);
    assertThat(messages)
        .containsExactly(Received.message(Payload.utf8("fine"), ContentMetadata.TEXT));
  }

  @Test
  void whatFollowsACloseFrameIsIgnored() throws Exception {
    decode(client().add(0x88, "").add(0x81, "late").raw(0xFF));
    assertThat(controls).containsExactly("8:");
    assertThat(messages).isEmpty();
  }

  @Test
  void randomBytesAreReadOrRefusedButNothingElse() {
    Random random = new Random(42);
    for (int round = 0; round < 20_000; round++) {
      decoder = decoder(random.nextBoolean(), 1_000, 4);
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      if (bytes.length > 1 && random.nextBoolean()) {
        bytes[0] = (byte) (bytes[0] & 0x8F); // often enough something that gets further
        bytes[1] = (byte) (bytes[1] & 0x87);
      }
      try {
        decode(bytes);
      } catch (NetworkException expected) {
        assertThat(decoder.violation()).isIn(1002, 1007, 1009);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whereverItIsCutTheSameIsReadAndTheSameIsRefused(boolean fromClient) {
    Random random = new Random(7);
    for (int round = 0; round < 3_000; round++) {
      Frames frames = new Frames(fromClient);
      for (int i = random.nextInt(6); i >= 0; i--) {
        frames.add(random.nextInt(8) == 0 ? 0x89 : 0x82, random(random.nextInt(80)));
        frames.add(0x82, random(120 + random.nextInt(12)));
      }
      byte[] bytes = frames.toByteArray();
      if (random.nextBoolean()) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      String whole = outcome(fromClient, bytes, bytes.length);
      assertThat(outcome(fromClient, bytes, 1)).isEqualTo(whole);
      assertThat(outcome(fromClient, bytes, 1 + random.nextInt(200))).isEqualTo(whole);
    }
  }

  /** What comes of {@code bytes} in reads of so many: messages, controls, and what was wrong. */
  private String outcome(boolean fromClient, byte[] bytes, int atOnce) {
    FrameDecoder reading = decoder(fromClient, 200, 4);
    controls.clear();
    List<Received> batch = new ArrayList<>();
    String wrong = "nothing";
    try {
      for (int from = 0; from < bytes.length; from += atOnce) {
        reading.decode(bytes, from, Math.min(bytes.length, from + atOnce), batch);
      }
    } catch (NetworkException e) {
      wrong = e.getMessage() + reading.violation();
    }
    StringBuilder contents = new StringBuilder();
    batch.forEach(one -> contents.append(one).append(one.content().hashCode()));
    return contents.append(controls).append(wrong).toString();
  }
}
