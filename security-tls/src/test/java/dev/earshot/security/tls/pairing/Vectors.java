package dev.earshot.security.tls.pairing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Named bytes from a text: a name and hexadecimal digits in each line, comments after #. */
final class Vectors {
  private final Map<String, byte[]> values = new LinkedHashMap<>();

  private Vectors(String text) {
    text.lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .map(line -> line.split(" +", 2))
        .forEach(pair -> values.put(pair[0], HexFormat.of().parseHex(pair[1])));
  }

  static Vectors parse(String text) {
    return new Vectors(text);
  }

  static Vectors resource(String name) {
    try (InputStream in = Vectors.class.getResourceAsStream(name)) {
      return new Vectors(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] bytes(String name) {
    return values.get(name).clone();
  }

  BigInteger number(String name) {
    return new BigInteger(1, bytes(name));
  }

  /** Gives these numbers, one after the other. */
  static Supplier<BigInteger> giving(List<BigInteger> numbers) {
    Deque<BigInteger> left = new ArrayDeque<>(numbers);
    return left::remove;
  }
}
