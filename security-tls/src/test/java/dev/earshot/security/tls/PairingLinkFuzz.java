package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.FramingException;
import dev.earshot.testing.Amplification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a camera has read: a link that is the same when it is written and read again, or a refusal
 * that does not repeat what may be a key.
 */
public final class PairingLinkFuzz {
  private static final int FACTOR = 600;
  private static final int BASE = 1 << 20;

  private PairingLinkFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    String text = new String(input, StandardCharsets.UTF_8);
    Amplification.bounded(input.length, FACTOR, BASE, () -> take(text));
  }

  private static void take(String text) {
    PairingLink link;
    try {
      link = PairingLink.parse(text);
    } catch (FramingException refused) {
      assertThat(refused.getMessage()).matches("[ -~]+").hasSizeLessThan(200);
      return;
    }
    assertThat(link.text()).matches("[!-~]+");
    assertThat(link.hints()).hasSizeLessThanOrEqualTo(8);
    again(link);
  }

  private static void again(PairingLink link) {
    PairingLink read;
    try {
      read = PairingLink.parse(link.text());
    } catch (FramingException e) {
      // What came in other letters may be longer in ours; nothing else may change.
      assertThat(link.text().length()).isGreaterThan(2_000);
      return;
    }
    assertThat(read.name()).isEqualTo(link.name());
    assertThat(read.key().matches(link.key())).isTrue();
    assertThat(read.hints()).isEqualTo(link.hints());
  }

  /** Links, and what is nearly one. */
  static List<byte[]> seeds() {
    String good = "earshot-pair:1?id=a2l0Y2hlbg&key=AAECAwQFBgcICQoLDA0ODw&name=Den";
    return Stream.of(
            good,
            good + "&later=1&at=%5B%3A%3A1%5D%3A80&at=192.168.1.7:4242",
            "earshot-pair:1?id=a2l0Y2hlbg&key=AAEC&name=Den",
            "earshot-pair:1?id=a2l0Y2hlbg&key=AAECAwQFBgcICQoLDA0ODw&name=a%0Ab",
            "earshot-pair:1?&&==&name=%",
            "earshot-pair:2?id=a")
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toList();
  }
}
