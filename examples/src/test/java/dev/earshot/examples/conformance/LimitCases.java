package dev.earshot.examples.conformance;

import static dev.earshot.examples.conformance.Frame.BINARY;
import static dev.earshot.examples.conformance.Frame.CONTINUATION;
import static dev.earshot.examples.conformance.Frame.FINAL;
import static dev.earshot.examples.conformance.Frame.TEXT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sections 9 and 10: large messages, many fragments, many chops, many messages. */
final class LimitCases {
  private static final int KIBIBYTE = 1 << 10;
  private static final int MEBIBYTE = 1 << 20;
  private static final int[] KIBIBYTES = {64, 256, 1_024, 4_096, 8_192, 16_384};
  private static final int[] FRAGMENTS = {
    64, 256, KIBIBYTE, 4 << 10, 16 << 10, 64 << 10, 256 << 10, MEBIBYTE, 4 << 20
  };
  private static final int[] CHOPS = {64, 128, 256, 512, KIBIBYTE, 2 << 10};
  private static final int[] SMALL = {0, 16, 64, 256, KIBIBYTE, 4 << 10};

  private LimitCases() {}

  /** One of each kind, the largest and the most, for every build. */
  static List<Script> some() {
    return List.of(
        large("9.1.6", FINAL | TEXT, KIBIBYTES[5]),
        large("9.2.6", FINAL | BINARY, KIBIBYTES[5]),
        inFragments("9.3.1", TEXT, FRAGMENTS[0]),
        inFragments("9.4.1", BINARY, FRAGMENTS[0]),
        inChops("9.5.1", TEXT, CHOPS[0]),
        many("9.7.6", TEXT, SMALL[5]),
        many("9.8.1", BINARY, SMALL[0]),
        fragmentsOf("10.1.1", TEXT, 65_536, 1_300),
        tooLarge());
  }

  static List<Script> all() {
    List<Script> all = new ArrayList<>();
    for (int i = 0; i < KIBIBYTES.length; i++) {
      all.add(large("9.1." + (i + 1), FINAL | TEXT, KIBIBYTES[i]));
      all.add(large("9.2." + (i + 1), FINAL | BINARY, KIBIBYTES[i]));
    }
    for (int i = 0; i < FRAGMENTS.length; i++) {
      all.add(inFragments("9.3." + (i + 1), TEXT, FRAGMENTS[i]));
      all.add(inFragments("9.4." + (i + 1), BINARY, FRAGMENTS[i]));
    }
    for (int i = 0; i < CHOPS.length; i++) {
      all.add(inChops("9.5." + (i + 1), TEXT, CHOPS[i]));
      all.add(inChops("9.6." + (i + 1), BINARY, CHOPS[i]));
    }
    for (int i = 0; i < SMALL.length; i++) {
      all.add(many("9.7." + (i + 1), TEXT, SMALL[i]));
      all.add(many("9.8." + (i + 1), BINARY, SMALL[i]));
    }
    return all;
  }

  private static Script large(String number, int first, int kibibytes) {
    Frame frame = Frame.of(first, FramePeer.asterisks(kibibytes << 10));
    return new Script(number, kibibytes + " KiB").sends(frame).hears(frame).closes();
  }

  private static Script inFragments(String number, int opcode, int size) {
    return fragmentsOf(number, opcode, 4 * MEBIBYTE, size);
  }

  private static Script fragmentsOf(String number, int opcode, int length, int size) {
    byte[] content = FramePeer.asterisks(length);
    List<Frame> frames = new ArrayList<>();
    for (int at = 0; at < length; at += size) {
      int end = Math.min(length, at + size);
      int first = (at == 0 ? opcode : CONTINUATION) | (end == length ? FINAL : 0);
      frames.add(Frame.of(first, Arrays.copyOfRange(content, at, end)));
    }
    return new Script(number, length + " bytes in fragments of " + size)
        .sends(frames.toArray(Frame[]::new))
        .hears(Frame.of(FINAL | opcode, content))
        .closes();
  }

  private static Script inChops(String number, int opcode, int size) {
    Frame frame = Frame.of(FINAL | opcode, FramePeer.asterisks(MEBIBYTE));
    return new Script(number, "1 MiB in chops of " + size)
        .sendsChopped(size, frame)
        .hears(frame)
        .closes();
  }

  private static Script many(String number, int opcode, int size) {
    Frame frame = Frame.of(FINAL | opcode, FramePeer.asterisks(size));
    Script script = new Script(number, "1,000 messages of " + size + " bytes");
    for (int i = 0; i < 1_000; i++) {
      script.sends(frame).hears(frame);
    }
    return script.closes();
  }

  /** One byte more than the options allow, of which only the header is needed to see it. */
  private static Script tooLarge() {
    byte[] header = {(byte) (FINAL | BINARY), 127, 0, 0, 0, 0, 1, 0, 0, 1};
    byte[] masked = Arrays.copyOf(header, 14);
    masked[1] = (byte) 0xFF;
    return new Script("9.2.7", "16 MiB and a byte").sendsBytes(masked, header).isFailedWith(1009);
  }
}
