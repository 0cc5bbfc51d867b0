package dev.earshot.session.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.session.PeerId;
import dev.earshot.session.ResourceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Envelopes, beyond the published vectors. */
class EnvelopeTest {
  private static final int MAXIMUM = 100_000;
  private static final int FUZZED = 200_000;

  private static final Body.Hello HELLO =
      new Body.Hello(PeerId.random(), "Ada", new Versions(1, 3), Set.of("a", "b"), -5, 1_000);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 123, 124, 125, 126, 127, 128, 16_380, 16_384, 99_999, 100_000})
  void aMessageIsWrittenAsProtocolBuffersWouldAndReadInPlace(int length)
      throws FramingException, InvalidProtocolBufferException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    Payload envelope = EnvelopeWriter.message(Payload.wrap(bytes));
    Wire.Envelope same =
        Wire.Envelope.newBuilder()
            .setMessage(Wire.Message.newBuilder().setContent(ByteString.copyFrom(bytes)))
            .build();
    assertThat(envelope.toByteArray()).isEqualTo(same.toByteArray());
    assertThat(Wire.Envelope.parseFrom(envelope.toByteArray())).isEqualTo(same);
    assertThat(EnvelopeReader.read(envelope, MAXIMUM))
        .isEqualTo(new Body.Message(Payload.wrap(bytes)));
  }

  @Test
  void limitsHoldBeforeAnythingIsParsed() {
    Payload tooLong = EnvelopeWriter.message(Payload.wrap(new byte[MAXIMUM + 1]));
    assertThatThrownBy(() -> EnvelopeReader.read(tooLong, MAXIMUM))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("message of 100001 bytes, limit 100000");
    Payload farTooLong = EnvelopeWriter.message(Payload.wrap(new byte[2 * MAXIMUM]));
    assertThatThrownBy(() -> EnvelopeReader.read(farTooLong, MAXIMUM))
        .hasMessageContaining("envelope of");
    Wire.Envelope talkative =
        Wire.Envelope.newBuilder()
            .setGoodbye(Wire.Goodbye.newBuilder().setText("x".repeat(5_000)))
            .build();
    assertThatThrownBy(() -> EnvelopeReader.read(payload(talkative), MAXIMUM))
        .hasMessageContaining("limit 4096");
  }

  @Test
  void textIsCutToWhatTheOtherSideReads() throws FramingException {
    String endless = "\u20AC".repeat(5_000);
    Payload envelope = EnvelopeWriter.write(new Body.Goodbye(Farewell.LEAVING, endless));
    Body read = EnvelopeReader.read(envelope, MAXIMUM);
    assertThat(((Body.Goodbye) read).text()).isEqualTo("\u20AC".repeat(341));
  }

  @Test
  void whatAHelloDoesNotSayHasADefault() throws FramingException {
    Wire.Envelope bare =
        Wire.Envelope.newBuilder()
            .setHello(
                Wire.Hello.newBuilder()
                    .setPeerId(ByteString.copyFrom(new byte[16]))
                    .setDisplayName("x")
                    .setMinimumVersion(1)
                    .setMaximumVersion(1))
            .build();
    Body.Hello read = (Body.Hello) EnvelopeReader.read(payload(bare), MAXIMUM);
    assertThat(read.maximumMessage()).isEqualTo(16 << 20);
    Wire.Envelope vast = bare.toBuilder().build();
    vast = vast.toBuilder().setHello(vast.getHello().toBuilder().setMaximumMessageSize(-1)).build();
    read = (Body.Hello) EnvelopeReader.read(payload(vast), MAXIMUM);
    assertThat(read.maximumMessage()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aHelloHasNoMoreThanThirtyTwoFeatures() {
    List<String> many = new ArrayList<>(IntStream.range(0, 33).mapToObj(i -> "f" + i).toList());
    Wire.Hello hello =
        Wire.Hello.newBuilder()
            .setPeerId(ByteString.copyFrom(new byte[16]))
            .setDisplayName("x")
            .setMinimumVersion(1)
            .setMaximumVersion(1)
            .addAllFeatures(many)
            .build();
    assertThatThrownBy(
            () ->
                EnvelopeReader.read(
                    payload(Wire.Envelope.newBuilder().setHello(hello).build()), MAXIMUM))
        .hasMessageContaining("33 features");
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeHasANumber(ResourceException.Code code) throws FramingException {
    Body said = Body.ResourceStatus.failed(7, code, "why");
    assertThat(EnvelopeReader.read(EnvelopeWriter.write(said), MAXIMUM)).isEqualTo(said);
    assertThat(Wire.ResourceCode.forNumber(ResourceCodes.number(code)).name())
        .isEqualTo(code.name());
  }

  @Test
  void aCodeOfALaterVersionIsAnError() throws FramingException {
    Wire.Envelope later =
        Wire.Envelope.newBuilder()
            .setResourceStatus(Wire.ResourceStatus.newBuilder().setId(1).setCodeValue(99))
            .build();
    assertThat(EnvelopeReader.read(payload(later), MAXIMUM))
        .isEqualTo(Body.ResourceStatus.failed(1, ResourceException.Code.IO_ERROR, ""));
  }

  @ParameterizedTest
  @EnumSource
  void everyFarewellHasTheNumberOfTheWire(Farewell farewell) {
    assertThat(Wire.Goodbye.Code.forNumber(farewell.number()).name()).isEqualTo(farewell.name());
    assertThat(Farewell.of(farewell.number())).isEqualTo(farewell);
    assertThat(Farewell.of(-7)).isEqualTo(Farewell.UNSPECIFIED);
  }

  @Test
  void versionsAreSettledOnTheNewestInCommon() {
    assertThat(new Versions(1, 3).common(new Versions(2, 5))).hasValue(3);
    assertThat(new Versions(1, 3).common(new Versions(4, 5))).isEmpty();
    assertThat(HELLO.versions().common(Versions.SPOKEN)).hasValue(1);
  }

  @Test
  @Tag("once")
  void anyBytesAreReadOrRefused() {
    fuzz(1, FUZZED);
  }

  @Test
  @Tag("soak")
  void veryManyBytesAreReadOrRefused() {
    fuzz(2, 100 * FUZZED);
  }

  /** Random bytes, and envelopes with some bytes changed, cut, doubled or put together. */
  private static void fuzz(long seed, int count) {
    Random random = new Random(seed);
    List<byte[]> corpus = new ArrayList<>();
    corpus.add(EnvelopeWriter.write(HELLO).toByteArray());
    corpus.add(EnvelopeWriter.write(new Body.Ping(1)).toByteArray());
    corpus.add(EnvelopeWriter.message(Payload.utf8("hello")).toByteArray());
    corpus.add(EnvelopeWriter.write(new Body.Goodbye(Farewell.SELF, "me")).toByteArray());
    corpus.add(
        EnvelopeWriter.write(
                new Body.OpenStream(1, Payload.wrap(new byte[16]), Payload.wrap(new byte[32]), 2))
            .toByteArray());
    corpus.add(
        EnvelopeWriter.write(Body.ResourceStatus.done(1, 1L << 40, Payload.wrap(new byte[32])))
            .toByteArray());
    for (int i = 0; i < count; i++) {
      byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
      for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(5) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
      readOrRefuse(Payload.copyOf(bytes, 0, length));
    }
  }

  private static void readOrRefuse(Payload envelope) {
    try {
      Body body = EnvelopeReader.read(envelope, MAXIMUM);
      if (!(body instanceof Body.Unknown)) {
        Body again = EnvelopeReader.read(EnvelopeWriter.write(body), MAXIMUM);
        assertThat(again).isEqualTo(body);
      }
    } catch (FramingException expected) {
      assertThat(expected).hasMessageNotContaining("null");
    }
  }

  private static Payload payload(Wire.Envelope envelope) {
    return Payload.wrap(envelope.toByteArray());
  }
}
