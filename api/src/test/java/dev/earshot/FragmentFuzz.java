package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;

/**
 * Fragments, from anybody: what is held stays within its bounds, and what is complete is no larger
 * than it may be. The input is datagrams, each preceded by a byte that says how long it is.
 */
public final class FragmentFuzz {
  private static final int LARGEST = 300;
  private static final int MEMORY = 1_000;

  private FragmentFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    FragmentAssembly assembly = new FragmentAssembly(LARGEST, MEMORY, Duration.ofSeconds(1));
    int at = 0;
    for (long time = 0; at < input.length; time += 10_000_000) {
      int length = Math.min(input[at++] & 0xFF, input.length - at);
      Payload message = assembly.add(Payload.copyOf(input, at, length), time);
      assertThat(message == null || message.length() <= LARGEST).isTrue();
      assertThat(assembly.held()).isBetween(0, MEMORY);
      assertThat(assembly.incomplete()).isLessThanOrEqualTo(FragmentAssembly.MOST_MESSAGES);
      at += length;
    }
  }

  /** Whole messages, one that lacks a fragment, and two mixed. */
  static List<byte[]> seeds() {
    List<Payload> one = Fragment.cut(1, Payload.wrap(new byte[100]), 62);
    List<Payload> other = Fragment.cut(2, Payload.wrap(new byte[250]), 112);
    return List.of(
        datagrams(one),
        datagrams(other),
        datagrams(other.subList(1, 3)),
        datagrams(List.of(other.get(2), one.get(1), other.get(0), one.get(0), other.get(1))));
  }

  private static byte[] datagrams(List<Payload> parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Payload part : parts) {
      bytes.write(part.length());
      bytes.writeBytes(part.toByteArray());
    }
    return bytes.toByteArray();
  }
}
