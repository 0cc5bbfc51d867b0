package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.WebSocketOptions;
import dev.earshot.testing.Amplification;
import dev.earshot.testing.PeerBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * WebSocket frames from either side: the same messages, the same answers and the same error however
 * they are cut; no message beyond the limit; text that is UTF-8.
 *
 * <p>The first byte says how to cut, and from which side they come.
 */
public final class FrameDecoderFuzz {
  private static final int MOST = 1_000;
  private static final int FRAGMENTS = 6;
  private static final int FACTOR = 200; // a message of two bytes is an object of four
  private static final int BASE = 1 << 20; // code that is linked while we count
  private static final MaskKeys KEYS = new MaskKeys();
  private static final WebSocketOptions OPTIONS =
      WebSocketOptions.builder().maximumMessageSize(MOST).maximumFragments(FRAGMENTS).build();

  private FrameDecoderFuzz() {}

  /** What was read, and what is answered. */
  private static final class Reading {
    final List<Received> batch = new ArrayList<>();
    final WebSocketCodec codec;
    String error = "";

    Reading(boolean fromClient) {
      codec = new WebSocketCodec(fromClient ? null : KEYS, OPTIONS, "a peer");
    }

    void take(byte[] frames, int piece) {
      try {
        for (int at = 0; at < frames.length; ) {
          int end = piece == 0 ? frames.length : Math.min(frames.length, at + piece);
          codec.decode(frames, at, end, batch);
          at = end;
        }
      } catch (NetworkException e) {
        error = e.getMessage();
      }
    }

    byte[] answer() {
      byte[] answer = new byte[1 << 10];
      if (!error.isEmpty()) {
        codec.sayFarewell();
      }
      int length = 0;
      while (codec.hasOutput()) {
        assertThat(length).as("bytes of the answer").isLessThan(answer.length);
        length = codec.encode(answer, length, answer.length);
      }
      return java.util.Arrays.copyOf(answer, length);
    }
  }

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    PeerBytes bytes = new PeerBytes(input);
    int choice = bytes.octet();
    boolean fromClient = (choice & 0x80) != 0;
    byte[] frames = bytes.rest();
    Amplification.bounded(
        frames.length, FACTOR, BASE, () -> new Reading(fromClient).take(frames, 0));
    Reading whole = new Reading(fromClient);
    whole.take(frames, 0);
    Reading pieces = new Reading(fromClient);
    pieces.take(frames, 1 + (choice & 0x7F));
    assertThat(pieces.error).isEqualTo(whole.error);
    assertThat(pieces.batch).isEqualTo(whole.batch);
    assertThat(pieces.codec.hasHeardFarewell()).isEqualTo(whole.codec.hasHeardFarewell());
    byte[] answer = whole.answer();
    if (fromClient) { // else the answer is masked at random
      assertThat(pieces.answer()).isEqualTo(answer);
    }
    check(whole, answer, frames);
  }

  private static void check(Reading reading, byte[] answer, byte[] frames) throws Exception {
    long content = 0;
    for (Received received : reading.batch) {
      Payload payload = received.content();
      content += payload.length();
      assertThat(payload.length()).isLessThanOrEqualTo(MOST);
      if (!received.metadata().equals(dev.earshot.ContentMetadata.BINARY)) {
        StandardCharsets.UTF_8.newDecoder().decode(payload.asByteBuffer());
      }
    }
    assertThat(content).isLessThanOrEqualTo(frames.length);
    assertThat(reading.error).matches("[ -~]*");
    boolean closing = !reading.error.isEmpty();
    assertThat(answer.length).isLessThan(1 << 10);
    if (closing) {
      assertThat(answer).isNotEmpty();
    }
  }

  /** What honest peers send, and some who are not. */
  static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (boolean fromClient : new boolean[] {true, false}) {
      seeds.add(seed(fromClient, 3, new Frames(fromClient).add(0x82, "binary").add(0x82, "")));
      seeds.add(
          seed(
              fromClient,
              1,
              new Frames(fromClient)
                  .add(0x81, "grüße 😀")
                  .add(0x01, "κόσ")
                  .add(0x89, "ping")
                  .add(0x00, "")
                  .add(0x80, "με")
                  .add(0x8A, "pong")
                  .add(0x88, "\3\350bye")));
      seeds.add(seed(fromClient, 50, new Frames(fromClient).add(0x82, new byte[300])));
      seeds.add(seed(fromClient, 5, new Frames(fromClient).raw(0x82, 0xFF, 0, 0, 0, 0, 1, 0)));
      seeds.add(seed(fromClient, 0, new Frames(fromClient).add(0x88, "\3\355")));
    }
    return seeds;
  }

  private static byte[] seed(boolean fromClient, int piece, Frames frames) {
    int choice = (fromClient ? 0x80 : 0) | piece;
    byte[] first = {(byte) choice};
    return Pieces.joined(first, frames.toByteArray(), 0);
  }
}
