package dev.earshot.examples.conformance;

import static dev.earshot.examples.conformance.Frame.BINARY;
import static dev.earshot.examples.conformance.Frame.CLOSE;
import static dev.earshot.examples.conformance.Frame.CONTINUATION;
import static dev.earshot.examples.conformance.Frame.FINAL;
import static dev.earshot.examples.conformance.Frame.PING;
import static dev.earshot.examples.conformance.Frame.PONG;
import static dev.earshot.examples.conformance.Frame.TEXT;
import static dev.earshot.examples.conformance.Frame.ping;
import static dev.earshot.examples.conformance.Frame.pong;
import static dev.earshot.examples.conformance.Frame.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Sections 1 to 5: sizes, pings and pongs, reserved bits, reserved opcodes, fragments. */
final class FramingCases {
  private static final int PROTOCOL_ERROR = 1002;
  private static final String HELLO = "Hello, world!";
  private static final int[] SIZES = {0, 125, 126, 127, 128, 65_535, 65_536, 65_536};

  private FramingCases() {}

  static List<Script> all() {
    List<Script> all = new ArrayList<>();
    sizes(all, "1.1.", FINAL | TEXT);
    sizes(all, "1.2.", FINAL | BINARY);
    pings(all);
    reservedBits(all);
    reservedOpcodes(all, "4.1.", 3);
    reservedOpcodes(all, "4.2.", 11);
    fragments(all);
    orphans(all, "5.9", FINAL);
    orphans(all, "5.12", 0);
    longFragments(all);
    return all;
  }

  private static void sizes(List<Script> all, String section, int first) {
    for (int i = 0; i < SIZES.length; i++) {
      boolean chopped = i == SIZES.length - 1;
      Frame frame = Frame.of(first, FramePeer.asterisks(SIZES[i]));
      Script script =
          new Script(section + (i + 1), SIZES[i] + " bytes" + (chopped ? " in chops of 997" : ""));
      all.add(script.sendsChopped(chopped ? 997 : Integer.MAX_VALUE, frame).hears(frame).closes());
    }
  }

  private static void pings(List<Script> all) {
    byte[] odd = {0, (byte) 0xFF, (byte) 0xFE, (byte) 0xFD, (byte) 0xFC, (byte) 0xFB, 0, -1};
    String longest = "x".repeat(125);
    String tooLong = "x".repeat(126);
    all.add(new Script("2.1", "a ping").sends(ping("")).hears(pong("")).closes());
    all.add(new Script("2.2", "with text").sends(ping(HELLO)).hears(pong(HELLO)).closes());
    all.add(
        new Script("2.3", "with bytes")
            .sends(Frame.of(FINAL | PING, odd))
            .hears(Frame.of(FINAL | PONG, odd))
            .closes());
    all.add(new Script("2.4", "of 125 bytes").sends(ping(longest)).hears(pong(longest)).closes());
    all.add(new Script("2.5", "of 126 bytes").sends(ping(tooLong)).isFailedWith(PROTOCOL_ERROR));
    all.add(
        new Script("2.6", "in octets").sendsOctets(ping(longest)).hears(pong(longest)).closes());
    all.add(new Script("2.7", "a pong unasked").sends(pong("")).closes());
    all.add(new Script("2.8", "with text").sends(pong("unsolicited")).closes());
    all.add(
        new Script("2.9", "a pong, a ping")
            .sends(pong("unsolicited"), ping("a ping"))
            .hears(pong("a ping"))
            .closes());
    Frame[] ten = IntStream.range(0, 10).mapToObj(i -> ping("payload-" + i)).toArray(Frame[]::new);
    Frame[] back = IntStream.range(0, 10).mapToObj(i -> pong("payload-" + i)).toArray(Frame[]::new);
    all.add(new Script("2.10", "ten pings").sends(ten).hears(back).closes());
    all.add(new Script("2.11", "ten pings in octets").sendsOctets(ten).hears(back).closes());
  }

  private static void reservedBits(List<Script> all) {
    all.add(
        new Script("3.1", "reserved bit 3")
            .sends(Frame.of(FINAL | 0x10 | TEXT, HELLO))
            .isFailedWith(PROTOCOL_ERROR));
    Frame[] second = {text(HELLO), Frame.of(FINAL | 0x20 | TEXT, HELLO), ping("")};
    all.add(
        new Script("3.2", "after a message").sends(second).hears(text(HELLO)).isFailedWith(1002));
    Frame[] third = {text(HELLO), Frame.of(FINAL | 0x30 | TEXT, HELLO), ping("")};
    all.add(
        new Script("3.3", "frame by frame")
            .sendsOneByOne(third)
            .hears(text(HELLO))
            .isFailedWith(PROTOCOL_ERROR));
    Frame[] fourth = {text(HELLO), Frame.of(FINAL | 0x40 | TEXT, HELLO), ping("")};
    all.add(
        new Script("3.4", "in octets")
            .sendsOctets(fourth)
            .hears(text(HELLO))
            .isFailedWith(PROTOCOL_ERROR));
    all.add(
        new Script("3.5", "of a binary frame")
            .sends(Frame.of(FINAL | 0x50 | BINARY, HELLO))
            .isFailedWith(PROTOCOL_ERROR));
    all.add(
        new Script("3.6", "of a ping")
            .sends(Frame.of(FINAL | 0x60 | PING, HELLO))
            .isFailedWith(PROTOCOL_ERROR));
    all.add(
        new Script("3.7", "of a close frame")
            .sends(Frame.of(FINAL | 0x70 | CLOSE, ""))
            .isFailedWith(PROTOCOL_ERROR));
  }

  private static void reservedOpcodes(List<Script> all, String section, int from) {
    for (int i = 0; i < 5; i++) {
      int opcode = from + i;
      Frame reserved = Frame.of(FINAL | opcode, i % 2 == 0 ? "" : HELLO);
      Script script = new Script(section + (i + 1), "reserved opcode " + opcode);
      if (i < 2) {
        script.sends(reserved);
      } else if (i < 4) {
        script.sends(text(HELLO), reserved, ping("")).hears(text(HELLO));
      } else {
        script.sendsOctets(text(HELLO), reserved, ping("")).hears(text(HELLO));
      }
      all.add(script.isFailedWith(PROTOCOL_ERROR));
    }
  }

  private static void fragments(List<Script> all) {
    all.add(
        new Script("5.1", "a ping in fragments")
            .sends(Frame.of(PING, "frag"), Frame.of(FINAL | CONTINUATION, "ment"))
            .isFailedWith(PROTOCOL_ERROR));
    all.add(
        new Script("5.2", "a pong in fragments")
            .sends(Frame.of(PONG, "frag"), Frame.of(FINAL | CONTINUATION, "ment"))
            .isFailedWith(PROTOCOL_ERROR));
    Frame[] two = {Frame.of(TEXT, "fragment1"), Frame.of(FINAL, "fragment2")};
    Frame whole = text("fragment1fragment2");
    all.add(new Script("5.3", "text in two").sends(two).hears(whole).closes());
    all.add(new Script("5.4", "frame by frame").sendsOneByOne(two).hears(whole).closes());
    all.add(new Script("5.5", "in octets").sendsOctets(two).hears(whole).closes());
    Frame[] pinged = {two[0], ping("a ping"), two[1]};
    Frame[] both = {pong("a ping"), whole};
    all.add(new Script("5.6", "a ping between").sends(pinged).hears(both).closes());
    all.add(new Script("5.7", "frame by frame").sendsOneByOne(pinged).hears(both).closes());
    all.add(new Script("5.8", "in octets").sendsOctets(pinged).hears(both).closes());
  }

  /** A continuation of nothing, then a message: whole, frame by frame, in octets. */
  private static void orphans(List<Script> all, String from, int finalBit) {
    Frame[] frames = {Frame.of(finalBit | CONTINUATION, "orphan"), text(HELLO)};
    int number = Integer.parseInt(from.substring(2));
    String what = "a continuation of nothing" + (finalBit == 0 ? ", not final" : "");
    all.add(new Script("5." + number, what).sends(frames).isFailedWith(PROTOCOL_ERROR));
    all.add(
        new Script("5." + (number + 1), what).sendsOneByOne(frames).isFailedWith(PROTOCOL_ERROR));
    all.add(new Script("5." + (number + 2), what).sendsOctets(frames).isFailedWith(PROTOCOL_ERROR));
  }

  private static void longFragments(List<Script> all) {
    Frame begin = Frame.of(TEXT, "fragment1");
    Frame end = Frame.of(FINAL, "fragment2");
    Frame orphan = Frame.of(CONTINUATION, "fragment3");
    all.add(
        new Script("5.15", "a message, a continuation of nothing")
            .sends(begin, end, orphan, text("fragment4"))
            .hears(text("fragment1fragment2"))
            .isFailedWith(PROTOCOL_ERROR));
    Frame[] twice = {orphan, begin, end, orphan, begin, end};
    all.add(new Script("5.16", "begins within").sends(twice).isFailedWith(PROTOCOL_ERROR));
    Frame[] ended = {end, begin, end, end, begin, end};
    all.add(new Script("5.17", "an end of nothing").sends(ended).isFailedWith(PROTOCOL_ERROR));
    all.add(
        new Script("5.18", "a message within another")
            .sends(begin, text("fragment2"))
            .isFailedWith(PROTOCOL_ERROR));
    Frame middle = Frame.of(CONTINUATION, "middle");
    Frame[] five = {begin, middle, ping("ping1"), middle, middle, ping("ping2"), end};
    Frame[] expected = {
      pong("ping1"), pong("ping2"), text("fragment1" + "middle".repeat(3) + "fragment2")
    };
    all.add(
        new Script("5.19", "five fragments and pings")
            .sends(five[0], five[1], five[2])
            .hears(expected[0])
            .sends(five[3], five[4], five[5])
            .hears(expected[1])
            .sends(five[6])
            .hears(expected[2])
            .closes());
    all.add(new Script("5.20", "frame by frame").sendsOneByOne(five).hears(expected).closes());
  }
}
