package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.Amplification;
import dev.earshot.testing.PeerBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Text that may come from a peer, as a service type, an endpoint or a fingerprint: taken, and then
 * the same again when it is printed and read, or refused as an argument, with a message that upsets
 * no terminal of its own making.
 *
 * <p>The first byte chooses what it is taken for.
 */
public final class TextFormsFuzz {
  private static final int FACTOR = 400;
  private static final int BASE = 1 << 20;

  private TextFormsFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(input.length, FACTOR, BASE, () -> take(new PeerBytes(input)));
  }

  private static void take(PeerBytes bytes) {
    int choice = bytes.octet() % 4;
    int port = bytes.word();
    String text = bytes.restAsText();
    orRefused(
        () ->
            switch (choice) {
              case 0 -> again(ServiceType.parse(text));
              case 1 -> again(Fingerprint.parse(text));
              case 2 -> shown(Endpoint.hostPort(text, port).toString());
              default -> shown(Endpoint.bonjour(text, ServiceType.tcp("chat")).toString());
            });
  }

  private static boolean again(ServiceType type) {
    assertThat(ServiceType.parse(type.toString())).isEqualTo(type);
    return shown(type.toString());
  }

  private static boolean again(Fingerprint fingerprint) {
    assertThat(Fingerprint.parse(fingerprint.toString())).isEqualTo(fingerprint);
    return shown(fingerprint.toString());
  }

  private static boolean shown(String text) {
    assertThat(text.codePoints().noneMatch(c -> c < 0x20 || c == 0x7F)).isTrue();
    return true;
  }

  private static void orRefused(Supplier<Boolean> taking) {
    try {
      taking.get();
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  /** One of each form, and what is nearly one. */
  static List<byte[]> seeds() {
    return Stream.of(
            "\0\0\0_chat._tcp",
            "\0\0\0_A-b-1._UDP.",
            "\0\0\0_a--b._tcp",
            "\1\0\0" + "AB:".repeat(31) + "AB",
            "\1\0\0key:" + "0f".repeat(32),
            "\2\20\20host.local",
            "\2\20\20fe80::1%eth0",
            "\3\0\0Den's Küche 😀",
            "\3\0\0\u202Eevil\u001B[m")
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toList();
  }
}
