package dev.earshot.examples.conformance;

import static dev.earshot.examples.conformance.Frame.CLOSE;
import static dev.earshot.examples.conformance.Frame.CONTINUATION;
import static dev.earshot.examples.conformance.Frame.FINAL;
import static dev.earshot.examples.conformance.Frame.TEXT;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Section 7: who says what when, close codes, reasons. */
final class ClosingCases {
  private static final int[] VALID = {
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999, 1012, 1013, 1014
  };
  private static final int[] INVALID = {
    0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 1015, 5000, 65_535
  };
  private static final String HELLO = "Hello World!";

  private ClosingCases() {}

  static List<Script> all() {
    List<Script> all = new ArrayList<>();
    sequences(all);
    payloads(all);
    for (int i = 0; i < VALID.length; i++) {
      Frame close = Frame.close(VALID[i], HELLO.getBytes(StandardCharsets.US_ASCII));
      all.add(
          new Script("7.7." + (i + 1), "code " + VALID[i])
              .sends(close)
              .hears(Frame.close(VALID[i]))
              .ends());
    }
    for (int i = 0; i < INVALID.length; i++) {
      all.add(
          new Script("7.9." + (i + 1), "code " + INVALID[i])
              .sends(Frame.close(INVALID[i]))
              .isFailedWith(1002));
    }
    all.add(new Script("7.13.1", "code 5000").sends(Frame.close(5000)).isFailedWith(1002));
    all.add(
        new Script("7.13.2", "code 65536, in four bytes")
            .sends(Frame.of(FINAL | CLOSE, new byte[] {0, 1, 0, 0}))
            .isFailedWith(1002));
    return all;
  }

  private static void sequences(List<Script> all) {
    Frame close = Frame.close(1000);
    Frame hello = Frame.text(HELLO);
    all.add(
        new Script("7.1.1", "a message and a close frame in one go")
            .sends(hello, close)
            .hears(hello, close)
            .ends());
    all.add(new Script("7.1.2", "two close frames").sends(close, close).hears(close).ends());
    all.add(
        new Script("7.1.3", "a ping after it").sends(close, Frame.ping("")).hears(close).ends());
    all.add(new Script("7.1.4", "a message after it").sends(close, hello).hears(close).ends());
    all.add(
        new Script("7.1.5", "within a message")
            .sends(Frame.of(TEXT, "one"), close, Frame.of(FINAL | CONTINUATION, "two"))
            .hears(close)
            .ends());
    Frame large = Frame.text(FramePeer.asterisks(256 << 10));
    all.add(
        new Script("7.1.6", "after a large message, and a ping")
            .sends(large, close, Frame.ping(""))
            .hears(large, close)
            .ends());
  }

  private static void payloads(List<Script> all) {
    Frame empty = Frame.of(FINAL | CLOSE, "");
    all.add(new Script("7.3.1", "without a code").sends(empty).hears(empty).ends());
    all.add(
        new Script("7.3.2", "with half a code")
            .sends(Frame.of(FINAL | CLOSE, "a"))
            .isFailedWith(1002));
    all.add(new Script("7.3.3", "with a code").closes());
    reason(all, "7.3.4", HELLO);
    reason(all, "7.3.5", "*".repeat(123));
    all.add(
        new Script("7.3.6", "with a reason of 124 bytes")
            .sends(Frame.close(1000, FramePeer.asterisks(124)))
            .isFailedWith(1002));
    all.add(
        new Script("7.5.1", "with a reason that is not UTF-8")
            .sends(Frame.close(1000, new byte[] {(byte) 0xCE, (byte) 0xED, (byte) 0xA0}))
            .isFailedWith(1007));
  }

  private static void reason(List<Script> all, String number, String reason) {
    all.add(
        new Script(number, "with a reason of " + reason.length() + " bytes")
            .sends(Frame.close(1000, reason.getBytes(StandardCharsets.US_ASCII)))
            .hears(Frame.close(1000))
            .ends());
  }
}
