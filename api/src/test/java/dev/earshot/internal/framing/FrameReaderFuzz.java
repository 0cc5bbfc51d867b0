package dev.earshot.internal.framing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Framer;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.spi.Outgoing;
import dev.earshot.testing.Amplification;
import dev.earshot.testing.PeerBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Framed messages from a peer: the same messages and the same error however they are cut, none
 * beyond the limit, and the same bytes when written again.
 *
 * <p>The first byte says which framer, the second how to cut.
 */
public final class FrameReaderFuzz {
  private static final int MOST = 1_000;
  private static final int FACTOR = 400; // an empty message of one byte is an object of four
  private static final int BASE = 1 << 20;

  private static final List<Framer> FRAMERS =
      List.of(
          Framer.lengthPrefixed(1),
          Framer.lengthPrefixed(2).maximumMessageSize(MOST),
          Framer.lengthPrefixed(4).littleEndian().maximumMessageSize(MOST),
          Framer.lengthPrefixed(8).countingItself().maximumMessageSize(MOST),
          Framer.tlv(1, 1),
          Framer.tlv(2, 4).littleEndian().countingHeader().maximumMessageSize(MOST),
          Framer.tlv(4, 4).littleEndian().maximumMessageSize(MOST),
          new Varint());

  private FrameReaderFuzz() {}

  /** What was read. */
  private static final class Reading {
    final List<Received> messages = new ArrayList<>();
    String error = "";

    Reading(Framer framer, byte[] bytes, int piece) {
      FrameReader reader = new FrameReader(framer, "a peer");
      try {
        for (int at = 0; at < bytes.length; ) {
          int end = piece == 0 ? bytes.length : Math.min(bytes.length, at + piece);
          reader.read(Payload.copyOf(bytes, at, end - at), messages);
          at = end;
        }
        reader.end(messages);
      } catch (FramingException e) {
        error = e.getMessage();
      }
    }
  }

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    PeerBytes choices = new PeerBytes(input);
    Framer framer = FRAMERS.get(choices.below(FRAMERS.size()));
    int piece = 1 + choices.octet();
    byte[] bytes = choices.rest();
    Amplification.bounded(bytes.length, FACTOR, BASE, () -> new Reading(framer, bytes, 0));
    Reading whole = new Reading(framer, bytes, 0);
    Reading pieces = new Reading(framer, bytes, piece);
    assertThat(pieces.error).isEqualTo(whole.error);
    assertThat(pieces.messages).isEqualTo(whole.messages);
    assertThat(whole.error).matches("[ -~]*");
    check(framer, whole, bytes);
  }

  private static void check(Framer framer, Reading reading, byte[] bytes) {
    List<Outgoing> again = new ArrayList<>();
    for (Received message : reading.messages) {
      assertThat(message.content().length()).isLessThanOrEqualTo(framer.maximumMessageSize());
      if (message.endOfMessage()) {
        framer.requireSendable(message.metadata());
        again.add(
            new FrameReaderTest.Message(
                message.content(), new SendOptions(message.metadata(), false)));
      }
    }
    byte[] written = FrameReaderTest.written(framer, again);
    assertThat(written).isEqualTo(Arrays.copyOf(bytes, written.length));
    assertThat(written.length == bytes.length).isEqualTo(reading.error.isEmpty());
  }

  /** What honest peers send, and some who are not. */
  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < FRAMERS.size(); i++) {
      List<Outgoing> messages =
          List.of(
              message("one", 1), message("", 2), message("x".repeat(200), 3), message("last", 0));
      byte[] frames = FrameReaderTest.written(FRAMERS.get(i), messages);
      seeds.add(seed(i, 0, frames));
      seeds.add(seed(i, 255, Arrays.copyOf(frames, frames.length - 2)));
      byte[] hostile = new byte[18];
      Arrays.fill(hostile, (byte) 0xFF);
      seeds.add(seed(i, 2, hostile));
    }
    return seeds;
  }

  private static Outgoing message(String text, int type) {
    return new FrameReaderTest.Message(Payload.utf8(text), SendOptions.typed(type));
  }

  private static byte[] seed(int framer, int piece, byte[] frames) {
    byte[] seed = new byte[2 + frames.length];
    seed[0] = (byte) framer;
    seed[1] = (byte) piece;
    System.arraycopy(frames, 0, seed, 2, frames.length);
    return seed;
  }
}
