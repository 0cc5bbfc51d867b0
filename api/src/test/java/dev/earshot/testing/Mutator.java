package dev.earshot.testing;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes new inputs of old ones: bits, numbers, cuts, repetitions, splices. Not thread-safe. */
final class Mutator {
  private static final int LONGEST = 1 << 14;
  private static final int MOST_CHANGES = 6;
  private static final int[] ODD_VALUES = {0, 1, 0x7F, 0x80, 0xC0, 0xFF, '\r', '\n', ' ', '.'};

  private final Random random;
  private final List<byte[]> corpus;

  Mutator(Random random, List<byte[]> corpus) {
    this.random = random;
    this.corpus = corpus;
  }

  byte[] next() {
    byte[] input = pick();
    for (int change = random.nextInt(MOST_CHANGES) + 1; change > 0; change--) {
      input = changed(input);
    }
    return input.length > LONGEST ? Arrays.copyOf(input, LONGEST) : input;
  }

  private byte[] pick() {
    if (corpus.isEmpty() || random.nextInt(50) == 0) {
      return noise(random.nextInt(64));
    }
    return corpus.get(random.nextInt(corpus.size())).clone();
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] changed(byte[] input) {
    if (input.length == 0) {
      return noise(1 + random.nextInt(8));
    }
    int at = random.nextInt(input.length);
    int length = Math.min(input.length - at, 1 + random.nextInt(16));
    switch (random.nextInt(8)) {
      case 0:
        input[at] ^= (byte) (1 << random.nextInt(8));
        return input;
      case 1:
        input[at] = (byte) random.nextInt(256);
        return input;
      case 2:
        input[at] = (byte) ODD_VALUES[random.nextInt(ODD_VALUES.length)];
        return input;
      case 3:
        return replaced(input, at, length, new byte[0]);
      case 4:
        return replaced(input, at, 0, noise(length));
      case 5:
        return replaced(input, at, 0, Arrays.copyOfRange(input, at, at + length));
      case 6:
        return Arrays.copyOf(input, at);
      default:
        byte[] other = pick();
        int from = random.nextInt(other.length + 1);
        return replaced(
            input, at, input.length - at, Arrays.copyOfRange(other, from, other.length));
    }
  }

  /** {@code input} with other bytes instead of {@code length} ones. */
  static byte[] replaced(byte[] input, int at, int length, byte[] with) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(input, 0, at);
    out.writeBytes(with);
    out.write(input, at + length, input.length - at - length);
    return out.toByteArray();
  }
}
