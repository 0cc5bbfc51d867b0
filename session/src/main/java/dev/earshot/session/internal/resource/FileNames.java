package dev.earshot.session.internal.resource;

import dev.earshot.session.internal.wire.Words;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Names that a peer gave, made harmless as the name of one file in one folder, on any system.
 *
 * <p>No separators, no characters that are not seen or turn others round, none that Windows
 * forbids, no dot in front, no dot or space behind, no device's name, not too long, never empty.
 */
final class FileNames {
  /** File systems take 255 bytes; this leaves room for a number. */
  static final int LONGEST = 230;

  private static final int LONGEST_EXTENSION = 24;
  private static final String FORBIDDEN = "/\\:*?\"<>|";
  private static final String NAMELESS = "file";
  private static final Set<String> DEVICES =
      Stream.concat(
              Stream.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"),
              Stream.of("COM", "LPT")
                  .flatMap(
                      port ->
                          Stream.concat(
                              IntStream.range(0, 10).mapToObj(n -> port + n),
                              Stream.of("\u00B9", "\u00B2", "\u00B3").map(n -> port + n))))
          .collect(Collectors.toUnmodifiableSet());

  private FileNames() {}

  /** {@code name} made harmless. */
  static String harmless(String name) {
    StringBuilder kept = new StringBuilder();
    Normalizer.normalize(name, Normalizer.Form.NFC)
        .codePoints()
        .map(c -> isHarmless(c) ? c : '_')
        .forEach(kept::appendCodePoint);
    String trimmed = shortened(trimmed(kept.toString()));
    if (trimmed.isEmpty()) {
      return NAMELESS;
    }
    String stem = trimmed.substring(0, firstDot(trimmed)).stripTrailing();
    return DEVICES.contains(stem.toUpperCase(Locale.ROOT)) ? shortened("_" + trimmed) : trimmed;
  }

  /** {@code harmless} for the {@code number}th file of that name: {@code a (2).txt}. */
  static String numbered(String harmless, int number) {
    if (number == 1) {
      return harmless;
    }
    int dot = extension(harmless);
    return harmless.substring(0, dot) + " (" + number + ")" + harmless.substring(dot);
  }

  private static boolean isHarmless(int codePoint) {
    return Words.isVisible(codePoint) && FORBIDDEN.indexOf(codePoint) < 0;
  }

  private static String trimmed(String name) {
    int from = 0;
    int to = name.length();
    while (from < to && isTrimmed(name.charAt(from))) {
      from++;
    }
    while (to > from && isTrimmed(name.charAt(to - 1))) {
      to--;
    }
    return name.substring(from, to);
  }

  private static boolean isTrimmed(char c) {
    return c == '.' || Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static String shortened(String name) {
    int dot = extension(name);
    String end = name.substring(dot);
    String stem = name.substring(0, dot);
    while (bytes(stem) + bytes(end) > LONGEST) {
      stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
    }
    return trimmed(stem + end);
  }

  /** Where the extension begins, with its dot; the end if there is none that deserves the name. */
  private static int extension(String name) {
    int dot = name.lastIndexOf('.');
    return dot <= 0 || bytes(name.substring(dot)) > LONGEST_EXTENSION ? name.length() : dot;
  }

  private static int firstDot(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? name.length() : dot;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
