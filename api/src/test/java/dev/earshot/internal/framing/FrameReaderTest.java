package dev.earshot.internal.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.ContentMetadata;
import dev.earshot.Framer;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import dev.earshot.testing.Amplification;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages from bytes and back. */
class FrameReaderTest {

  static List<Framer> framers() {
    return List.of(
        Framer.lengthPrefixed(1),
        Framer.lengthPrefixed(2).littleEndian(),
        Framer.lengthPrefixed(4).countingItself(),
        Framer.lengthPrefixed(8),
        Framer.tlv(4, 4).littleEndian(),
        Framer.tlv(1, 8).countingHeader(),
        new Varint());
  }

  /** What is written, as one run of bytes. */
  static byte[] written(Framer framer, List<Outgoing> messages) {
    ArrayDeque<Outgoing> left = new ArrayDeque<>(messages);
    FrameWriter writer =
        new FrameWriter(framer, "a peer", source(left), e -> fail("the framer does it", e));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Outgoing piece = writer.poll(); piece != null; piece = writer.poll()) {
      bytes.writeBytes(piece.content().toByteArray());
    }
    return bytes.toByteArray();
  }

  private static void fail(String what, Throwable cause) {
    throw new AssertionError(what, cause);
  }

  static Pipe.Outbound source(ArrayDeque<Outgoing> messages) {
    return new Pipe.Outbound() {
      @Override
      public Outgoing poll() {
        return messages.poll();
      }

      @Override
      public void taken() {}
    };
  }

  record Message(Payload content, SendOptions options) implements Outgoing {}

  /** The same messages come out however their bytes are cut. */
  @ParameterizedTest
  @MethodSource("framers")
  void messagesComeOutAsTheyWentInHoweverTheyAreCut(Framer framer) throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Outgoing> messages = messages(random, framer);
      byte[] bytes = written(framer, messages);
      int longest = 1 + random.nextInt(seed % 2 == 0 ? 7 : 20_000);
      FrameReader reader = new FrameReader(framer, "a peer");
      List<Received> read = new ArrayList<>();
      for (int at = 0; at < bytes.length; ) {
        int count = Math.min(bytes.length - at, 1 + random.nextInt(longest));
        reader.read(Payload.copyOf(bytes, at, count), read);
        at += count;
      }
      reader.end(read);
      assertThat(read.remove(read.size() - 1)).isEqualTo(Received.end(ContentMetadata.NONE));
      assertThat(read).allMatch(Received::endOfMessage);
      assertThat(read.stream().map(Received::content))
          .containsExactlyElementsOf(messages.stream().map(Outgoing::content).toList());
      if (framer.toString().contains("type")) {
        assertThat(read.stream().map(Received::metadata))
            .containsExactlyElementsOf(messages.stream().map(m -> m.options().metadata()).toList());
      }
    }
  }

  private static List<Outgoing> messages(Random random, Framer framer) {
    int most = Math.min(framer.maximumMessageSize(), random.nextBoolean() ? 30 : 70_000);
    List<Outgoing> messages = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      byte[] content = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(most + 1)];
      random.nextBytes(content);
      messages.add(new Message(Payload.wrap(content), SendOptions.typed(random.nextInt(256))));
    }
    return messages;
  }

  @Test
  void aHostileLengthIsRefusedBeforeAnythingIsSetAside() throws Exception {
    Framer framer = Framer.lengthPrefixed(4).maximumMessageSize(1 << 30);
    byte[] promise = HexFormat.of().parseHex("40000000");
    Amplification.bounded(
        promise.length, 0, 64 << 10, () -> read(framer, Payload.wrap(promise.clone())));
    assertThatThrownBy(() -> read(framer, hex("40000001")))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("receiving from a peer")
        .hasMessageContaining("1073741825")
        .hasMessageContaining("1073741824");
    assertThatThrownBy(() -> read(Framer.lengthPrefixed(8), hex("ffffffffffffffff")))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("18446744073709551615")
        .hasMessageContaining("16777216");
  }

  @Test
  void whatIsSetAsideGrowsWithWhatHasArrived() throws Exception {
    Framer framer = Framer.lengthPrefixed(4).maximumMessageSize(1 << 30);
    Amplification.bounded(
        1_004,
        32,
        64 << 10,
        () -> {
          FrameReader reader = new FrameReader(framer, "a peer");
          List<Received> none = new ArrayList<>();
          reader.read(hex("40000000"), none);
          for (int i = 0; i < 100; i++) {
            reader.read(Payload.wrap(new byte[10]), none);
          }
        });
  }

  @Test
  void aLongMessageInManyPiecesIsNotCopiedForEachOfThem() throws Exception {
    int size = 4 << 20;
    Framer framer = Framer.lengthPrefixed(4);
    Payload piece = Payload.wrap(new byte[64]);
    Amplification.bounded(
        size,
        4,
        4 << 20,
        () -> {
          FrameReader reader = new FrameReader(framer, "a peer");
          List<Received> read = new ArrayList<>();
          reader.read(hex("00400000"), read);
          for (int at = 0; at < size; at += piece.length()) {
            reader.read(piece, read);
          }
          assertThat(read).hasSize(1);
        });
  }

  @Test
  void theEndWithinAMessageOrAHeaderIsNoEnd() throws Exception {
    Framer framer = Framer.lengthPrefixed(2);
    assertThatThrownBy(() -> readToEnd(framer, "000461"))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("after 1 of its 4 bytes");
    assertThatThrownBy(() -> readToEnd(framer, "000361626300"))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("within a header");
    assertThat(readToEnd(framer, "00036162630000"))
        .containsExactly(
            Received.message(Payload.utf8("abc"), ContentMetadata.NONE),
            Received.message(Payload.empty(), ContentMetadata.NONE),
            Received.end(ContentMetadata.NONE));
  }

  @Test
  void aSmallMessageDoesNotKeepWhatItCameWith() throws Exception {
    byte[] bytes = new byte[60_000];
    bytes[1] = 1; // one byte, then many empty messages
    List<Received> read = read(Framer.lengthPrefixed(2), Payload.wrap(bytes));
    bytes[2] = 9;
    assertThat(read.get(0).content().byteAt(0)).isZero();
  }

  @Test
  void aFramerOfAUsersIsHeldToItsPromises() {
    assertThatThrownBy(() -> read(new Odd(bytes -> Optional.empty()), hex("00000000")))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("a header of more than 4 bytes");
    assertThatThrownBy(() -> read(new Odd(bytes -> frame(0)), hex("00000000")))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("no bytes");
    assertThatThrownBy(() -> read(new Odd(bytes -> frame(bytes.get() - 1)), hex("00")))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("18446744073709551615");
    assertThatThrownBy(() -> read(new Odd(bytes -> frame(bytes.getLong())), hex("00")))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("odd threw")
        .hasRootCauseInstanceOf(java.nio.BufferUnderflowException.class);
    assertThatThrownBy(
            () -> read(new Odd(bytes -> frame(bytes.put((byte) 1).position())), hex("00")))
        .isInstanceOf(FramingException.class)
        .hasRootCauseInstanceOf(java.nio.ReadOnlyBufferException.class);
  }

  @Test
  void manySmallMessagesBecomeOnePiece() {
    ArrayDeque<Outgoing> messages = new ArrayDeque<>();
    for (int i = 0; i < 500; i++) {
      messages.add(new Message(Payload.wrap(new byte[64]), SendOptions.DEFAULT));
    }
    FrameWriter writer =
        new FrameWriter(Framer.lengthPrefixed(4), "a peer", source(messages), e -> {});
    Outgoing piece = writer.poll();
    assertThat(piece).isNotNull();
    assertThat(piece.content().length()).isEqualTo(500 * 68);
    assertThat(writer.poll()).isNull();
  }

  @Test
  void aLargeMessageIsNotCopied() {
    Payload large = Payload.wrap(new byte[1 << 20]);
    ArrayDeque<Outgoing> messages = new ArrayDeque<>();
    messages.add(new Message(Payload.utf8("small"), SendOptions.DEFAULT));
    messages.add(new Message(large, SendOptions.FINAL));
    FrameWriter writer =
        new FrameWriter(Framer.lengthPrefixed(4), "a peer", source(messages), e -> {});
    assertThat(writer.poll().content().length()).isEqualTo(4 + 5 + 4);
    Outgoing last = writer.poll();
    assertThat(last.content()).isSameAs(large);
    assertThat(last.options().finalMessage()).isTrue();
    assertThat(writer.poll()).isNull();
  }

  @Test
  void aFramerThatWritesTooMuchIsToldOfOnceAndNothingIsSent() {
    ArrayDeque<Outgoing> messages = new ArrayDeque<>();
    messages.add(new Message(Payload.utf8("a"), SendOptions.DEFAULT));
    messages.add(new Message(Payload.utf8("b"), SendOptions.DEFAULT));
    List<FramingException> told = new ArrayList<>();
    FrameWriter writer =
        new FrameWriter(new Odd(bytes -> frame(1)), "a peer", source(messages), told::add);
    assertThat(writer.poll()).isNull();
    assertThat(writer.poll()).isNull();
    assertThat(told).hasSize(1);
    assertThat(told.get(0)).hasMessageContaining("sending to a peer").hasMessageContaining("odd");
  }

  private static Optional<Framer.Frame> frame(long size) {
    return Optional.of(new Framer.Frame(size, ContentMetadata.NONE));
  }

  private static Payload hex(String digits) {
    return Payload.wrap(HexFormat.of().parseHex(digits));
  }

  private static List<Received> read(Framer framer, Payload bytes) throws FramingException {
    List<Received> read = new ArrayList<>();
    new FrameReader(framer, "a peer").read(bytes, read);
    return read;
  }

  private static List<Received> readToEnd(Framer framer, String digits) throws FramingException {
    FrameReader reader = new FrameReader(framer, "a peer");
    List<Received> read = new ArrayList<>();
    reader.read(hex(digits), read);
    reader.end(read);
    return read;
  }

  /** One that does not keep its promises. */
  private record Odd(Reading reading) implements Framer {
    interface Reading {
      Optional<Frame> read(ByteBuffer bytes) throws FramingException;
    }

    @Override
    public int maximumHeaderSize() {
      return 4;
    }

    @Override
    public int maximumMessageSize() {
      return 100;
    }

    @Override
    public Optional<Frame> readHeader(ByteBuffer bytes) throws FramingException {
      return reading.read(bytes);
    }

    @Override
    public void writeHeader(ByteBuffer target, int contentSize, ContentMetadata metadata) {
      target.put(new byte[5]);
    }

    @Override
    public String toString() {
      return "odd";
    }
  }
}
