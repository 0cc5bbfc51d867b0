package dev.earshot.discovery.mdns;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names a service tries one after the other while others have them already: {@code Den}, {@code
 * Den (2)}, {@code Den (3)} and so on (RFC 6762, section 9). Immutable.
 *
 * <p>Every one fits a label: the name is cut before the number, never within a character. After ten
 * steps the numbers are drawn from a larger room, so that somebody who claims each name in turn is
 * shaken off.
 */
final class NameLadder {
  private static final int LAST_PLAIN_STEP = 10;
  private static final Pattern NUMBERED = Pattern.compile("(.+) \\((\\d{1,4})\\)", Pattern.DOTALL);

  private final String name;
  private final String stem;
  private final int first;
  private final int salt;

  /** The ladder that begins with {@code name}; {@code salt} decides the large numbers. */
  NameLadder(String name, int salt) {
    Matcher matcher = NUMBERED.matcher(name);
    boolean numbered = matcher.matches();
    this.name = name;
    this.stem = numbered ? matcher.group(1) : name;
    this.first = numbered ? Integer.parseInt(matcher.group(2)) : 1;
    this.salt = salt;
  }

  /** The name on {@code step}, of which 1 is the name as it was given. */
  String name(int step) {
    if (step == 1) {
      return name;
    }
    int number = first + step - 1;
    if (step > LAST_PLAIN_STEP) {
      number = 10_000 + Math.floorMod(31 * salt + step * 7_919, 90_000);
    }
    String suffix = " (" + number + ")";
    return cut(stem, DnsName.MAXIMUM_LABEL_BYTES - suffix.length()) + suffix;
  }

  /** The longest beginning of {@code text} that takes at most {@code maximumBytes} of UTF-8. */
  static String cut(String text, int maximumBytes) {
    String cut = text;
    while (cut.getBytes(StandardCharsets.UTF_8).length > maximumBytes) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
    }
    return cut;
  }
}
