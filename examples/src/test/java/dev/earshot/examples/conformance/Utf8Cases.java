package dev.earshot.examples.conformance;

import static dev.earshot.examples.conformance.Frame.CONTINUATION;
import static dev.earshot.examples.conformance.Frame.FINAL;
import static dev.earshot.examples.conformance.Frame.TEXT;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Section 6: text is UTF-8, and what is not fails at the first byte that no text can have there.
 * Which byte that is the JDK's decoder says.
 */
final class Utf8Cases {
  private static final int INVALID_TEXT = 1007;
  private static final HexFormat HEX = HexFormat.of();
  private static final String KOSME = "cebae1bdb9cf83cebcceb5";
  private static final String EDITED = "656469746564";

  /** Sections 6.5 to 6.23, each with its texts; what is missing between them is made below. */
  private static final String[][] TABLE = {
    {"6.5", "valid", "ceba", "cebae1bdb9", "cebae1bdb9cf83", "cebae1bdb9cf83cebc", KOSME},
    {"6.7", "first of a length", "00", "c280", "e0a080", "f0908080"},
    {"6.8", "first of a length, beyond", "f888808080", "fc8480808080"},
    {"6.9", "last of a length", "7f", "dfbf", "efbfbf", "f48fbfbf"},
    {"6.10", "last of a length, beyond", "f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"},
    {"6.11", "other bounds", "ed9fbf", "ee8080", "efbfbd", "f48fbfbf", "f4908080"},
    {
      "6.12",
      "tails without a lead",
      "80",
      "bf",
      "80bf",
      "80bf80",
      "80bf80bf",
      "80bf80bf80",
      "80bf80bf80bf",
      "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e"
    },
    {
      "6.13", "leads without a tail", "c020c120df20", "e020ef20", "f020f720", "f820fb20", "fc20fd20"
    },
    {
      "6.14",
      "the last tail missing",
      "c0",
      "e080",
      "f08080",
      "f8808080",
      "fc80808080",
      "df",
      "efbf",
      "f7bfbf",
      "fbbfbfbf",
      "fdbfbfbfbf"
    },
    {"6.15", "many of them", "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf"},
    {"6.16", "impossible bytes", "fe", "ff", "fefeffff"},
    {"6.17", "overlong", "c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"},
    {"6.18", "longest overlong", "c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"},
    {"6.19", "overlong zero", "c080", "e08080", "f0808080", "f880808080", "fc8080808080"},
    {"6.20", "surrogates", "eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"},
    {
      "6.21",
      "pairs of surrogates",
      "eda080edb080",
      "eda080edbfbf",
      "edadbfedb080",
      "edadbfedbfbf",
      "edae80edb080",
      "edae80edbfbf",
      "edafbfedb080",
      "edafbfedbfbf"
    },
    {"6.23", "specials", "efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe", "efbfbf"}
  };

  private Utf8Cases() {}

  static List<Script> all() {
    List<Script> all = new ArrayList<>();
    empty(all);
    valid(all);
    invalid(all);
    failFast(all);
    for (String[] row : TABLE) {
      for (int i = 2; i < row.length; i++) {
        all.add(of(row[0] + "." + (i - 1), row[1], HEX.parseHex(row[i])));
      }
      if (row[0].equals("6.5")) {
        prefixes(all);
      }
    }
    noncharacters(all);
    return all;
  }

  /** A text that comes back if it is valid, and fails in octets, before its end, if not. */
  private static Script of(String number, String what, byte[] text) {
    Script script = new Script(number, what + " " + HEX.formatHex(text));
    int bad = firstBad(text);
    if (bad < 0) {
      return script.sends(Frame.text(text)).hears(Frame.text(text)).closes();
    }
    // A text that is only incomplete fails with its last byte; any other need not end.
    byte[] more = bad < text.length ? Arrays.copyOf(text, text.length + 100) : text;
    return script
        .sendsUpTo(Math.min(bad + 1, text.length), Frame.text(more))
        .isFailedWith(INVALID_TEXT);
  }

  /** Which byte no text can have there; the length if the text lacks its end; -1 if it is valid. */
  private static int firstBad(byte[] text) {
    for (int length = 1; length <= text.length; length++) {
      CharBuffer room = CharBuffer.allocate(length);
      ByteBuffer bytes = ByteBuffer.wrap(text, 0, length);
      if (StandardCharsets.UTF_8.newDecoder().decode(bytes, room, false).isError()) {
        return length - 1;
      }
    }
    CharBuffer room = CharBuffer.allocate(text.length);
    ByteBuffer whole = ByteBuffer.wrap(text);
    return StandardCharsets.UTF_8.newDecoder().decode(whole, room, true).isError()
        ? text.length
        : -1;
  }

  private static void empty(List<Script> all) {
    Frame empty = Frame.text("");
    all.add(new Script("6.1.1", "no text").sends(empty).hears(empty).closes());
    Frame[] none = {Frame.of(TEXT, ""), Frame.of(CONTINUATION, ""), Frame.of(FINAL, "")};
    all.add(new Script("6.1.2", "in three fragments").sends(none).hears(empty).closes());
    Frame[] some = {none[0], Frame.of(CONTINUATION, "middle"), none[2]};
    all.add(
        new Script("6.1.3", "but in the middle").sends(some).hears(Frame.text("middle")).closes());
  }

  private static void valid(List<Script> all) {
    byte[] text = "Hello-µ@ßöäüàá-UTF-8!!".getBytes(StandardCharsets.UTF_8);
    Frame whole = Frame.text(text);
    all.add(new Script("6.2.1", "valid text").sends(whole).hears(whole).closes());
    int cut = "Hello-µ@ßöä".getBytes(StandardCharsets.UTF_8).length;
    Frame[] two = {
      Frame.of(TEXT, Arrays.copyOf(text, cut)),
      Frame.of(FINAL, Arrays.copyOfRange(text, cut, text.length))
    };
    all.add(new Script("6.2.2", "cut between characters").sends(two).hears(whole).closes());
    all.add(new Script("6.2.3", "a fragment each octet").sends(octets(text)).hears(whole).closes());
    byte[] kosme = HEX.parseHex(KOSME);
    all.add(
        new Script("6.2.4", "a fragment each octet")
            .sends(octets(kosme))
            .hears(Frame.text(kosme))
            .closes());
  }

  private static Frame[] octets(byte[] text) {
    Frame[] frames = new Frame[text.length];
    for (int i = 0; i < text.length; i++) {
      int finalBit = i == text.length - 1 ? FINAL : 0;
      frames[i] = Frame.of(finalBit | (i == 0 ? TEXT : CONTINUATION), new byte[] {text[i]});
    }
    return frames;
  }

  private static void invalid(List<Script> all) {
    byte[] surrogate = HEX.parseHex(KOSME + "eda080" + EDITED);
    all.add(
        new Script("6.3.1", "invalid text")
            .sends(Frame.text(surrogate))
            .isFailedWith(INVALID_TEXT));
    all.add(
        new Script("6.3.2", "a fragment each octet")
            .sends(octets(surrogate))
            .isFailedWith(INVALID_TEXT));
  }

  /**
   * The first part is fine, as the answer to a ping shows; the second is not, and fails at once.
   */
  private static void failFast(List<Script> all) {
    byte[] start = HEX.parseHex(KOSME + "f4");
    Frame alive = Frame.ping("alive");
    all.add(
        new Script("6.4.1", "fails with the fragment")
            .sends(Frame.of(TEXT, HEX.parseHex(KOSME)), alive)
            .hears(Frame.pong("alive"))
            .sends(Frame.of(CONTINUATION, HEX.parseHex("f4908080")))
            .isFailedWith(INVALID_TEXT));
    all.add(
        new Script("6.4.2", "fails within the character")
            .sends(Frame.of(TEXT, start), alive)
            .hears(Frame.pong("alive"))
            .sends(Frame.of(CONTINUATION, HEX.parseHex("90")))
            .isFailedWith(INVALID_TEXT));
    byte[] whole = HEX.parseHex(KOSME + "f4908080" + EDITED);
    all.add(
        new Script("6.4.3", "fails within the frame")
            .sends(alive)
            .hears(Frame.pong("alive"))
            .sendsUpTo(start.length + 3, Frame.text(whole))
            .isFailedWith(INVALID_TEXT));
    all.add(
        new Script("6.4.4", "fails with the octet")
            .sends(alive)
            .hears(Frame.pong("alive"))
            .sendsUpTo(start.length + 1, Frame.text(whole))
            .isFailedWith(INVALID_TEXT));
  }

  private static void prefixes(List<Script> all) {
    byte[] kosme = HEX.parseHex(KOSME);
    for (int length = 1; length <= kosme.length; length++) {
      all.add(of("6.6." + length, "a prefix", Arrays.copyOf(kosme, length)));
    }
  }

  private static void noncharacters(List<Script> all) {
    int number = 1;
    for (int plane = 0; plane <= 16; plane++) {
      for (int last = 0xFFFE; last <= 0xFFFF; last++) {
        byte[] text = Character.toString(plane << 16 | last).getBytes(StandardCharsets.UTF_8);
        all.add(of("6.22." + number++, "no character, but valid", text));
      }
    }
  }
}
