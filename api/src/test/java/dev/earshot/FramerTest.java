package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers of the library's own framers, byte by byte. */
class FramerTest {
  private static final ContentMetadata NONE = ContentMetadata.NONE;

  @Test
  void lengthsAreOfOneTwoFourOrEightBytesInEitherOrder() {
    assertThat(header(Framer.lengthPrefixed(1), 200, NONE)).isEqualTo("c8");
    assertThat(header(Framer.lengthPrefixed(2), 200, NONE)).isEqualTo("00c8");
    assertThat(header(Framer.lengthPrefixed(4), 70_000, NONE)).isEqualTo("00011170");
    assertThat(header(Framer.lengthPrefixed(4).littleEndian(), 70_000, NONE)).isEqualTo("70110100");
    assertThat(header(Framer.lengthPrefixed(8), 1, NONE)).isEqualTo("0000000000000001");
    assertThat(header(Framer.lengthPrefixed(8).littleEndian(), 1, NONE))
        .isEqualTo("0100000000000000");
  }

  @Test
  void aLengthMayCountItself() {
    assertThat(header(Framer.lengthPrefixed(4).countingItself(), 10, NONE)).isEqualTo("0000000e");
    assertThat(header(Framer.tlv(1, 2).countingHeader(), 10, new ContentMetadata.Typed(7)))
        .isEqualTo("07000d");
  }

  @Test
  void ticTacToeHasTwoWordsLeastSignificantByteFirst() throws Exception {
    TlvFramer framer = Framer.tlv(4, 4).littleEndian();
    assertThat(header(framer, 5, new ContentMetadata.Typed(2))).isEqualTo("0200000005000000");
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex("0300000010000000ffff"));
    Framer.Frame frame = framer.readHeader(bytes.asReadOnlyBuffer()).orElseThrow();
    assertThat(frame).isEqualTo(new Framer.Frame(16, new ContentMetadata.Typed(3)));
  }

  @Test
  void contentThatIsSentWithoutATypeHasTheTypeZero() {
    assertThat(header(Framer.tlv(2, 2), 1, ContentMetadata.BINARY)).isEqualTo("00000001");
  }

  @Test
  void aTypeThatDoesNotFitIsRefused() {
    TlvFramer framer = Framer.tlv(1, 4);
    framer.requireSendable(new ContentMetadata.Typed(255));
    assertThatThrownBy(() -> framer.requireSendable(new ContentMetadata.Typed(256)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("256");
    assertThatThrownBy(() -> framer.requireSendable(new ContentMetadata.Typed(-1)))
        .hasMessageContaining("18446744073709551615");
    Framer.tlv(8, 4).requireSendable(new ContentMetadata.Typed(-1));
  }

  @Test
  void aShortLengthLimitsTheMessage() {
    assertThat(Framer.lengthPrefixed(1).maximumMessageSize()).isEqualTo(255);
    assertThat(Framer.lengthPrefixed(1).countingItself().maximumMessageSize()).isEqualTo(254);
    assertThat(Framer.tlv(2, 1).countingHeader().maximumMessageSize()).isEqualTo(252);
    assertThat(Framer.lengthPrefixed(2).maximumMessageSize(100).maximumMessageSize())
        .isEqualTo(100);
    assertThat(Framer.lengthPrefixed(8).maximumMessageSize())
        .isEqualTo(LengthPrefixedFramer.DEFAULT_MAXIMUM);
  }

  @Test
  void aLengthThatCountsMoreThanItSaysIsRefused() {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[] {0, 0, 0, 3});
    assertThatThrownBy(() -> Framer.lengthPrefixed(4).countingItself().readHeader(bytes))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("length of 3")
        .hasMessageContaining("4 bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5, 9, -1})
  void otherWidthsAreRefused(int width) {
    assertThatThrownBy(() -> Framer.lengthPrefixed(width))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1, 2, 4 or 8");
    assertThatThrownBy(() -> Framer.tlv(4, width)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Framer.lengthPrefixed(4).maximumMessageSize(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFramerIsForStreamsOfBytes() {
    Framer framer = Framer.lengthPrefixed(4);
    Parameters framed = Parameters.tcp().framer(framer).build();
    assertThat(framed.framer()).contains(framer);
    assertThat(framed.toBuilder().build().framer()).contains(framer);
    assertThat(framed.isMessageBased()).isTrue();
    assertThat(framed).hasToString(framed.toString()).asString().contains("length of 4 bytes");
    assertThat(Parameters.tcp().build().isMessageBased()).isFalse();
    assertThatThrownBy(() -> Parameters.webSocket().framer(framer).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("WebSocket")
        .hasMessageContaining("framer");
    assertThatThrownBy(() -> Parameters.udp().framer(framer).build())
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String header(Framer framer, int size, ContentMetadata metadata) {
    ByteBuffer target = ByteBuffer.allocate(framer.maximumHeaderSize());
    framer.writeHeader(target, size, metadata);
    return HexFormat.of().formatHex(target.array(), 0, target.position());
  }
}
