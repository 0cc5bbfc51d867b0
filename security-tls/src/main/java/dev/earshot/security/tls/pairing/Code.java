package dev.earshot.security.tls.pairing;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Six digits that two people have in common for two minutes. Prints itself as dots: it is a secret,
 * and shown only on purpose.
 */
public final class Code {
  private static final int DIGITS = 6;
  private static final int CODES = 1_000_000;
  private static final int GROUP = DIGITS / 2;

  private final String digits;

  private Code(String digits) {
    this.digits = digits;
  }

  /** A code, each of the million as likely as the others. */
  public static Code random(SecureRandom random) {
    return new Code(String.format(Locale.ROOT, "%06d", random.nextInt(CODES)));
  }

  /**
   * Reads what was typed: six digits of any script; spaces and hyphens do not matter.
   *
   * @throws IllegalArgumentException if it is something else; what was typed is not repeated
   */
  public static Code parse(String typed) {
    StringBuilder digits = new StringBuilder();
    typed
        .codePoints()
        .filter(c -> !Character.isWhitespace(c) && !Character.isSpaceChar(c) && c != '-')
        .limit(DIGITS + 1)
        .forEach(c -> digits.append(Character.digit(c, 10)));
    if (digits.length() != DIGITS || digits.indexOf("-") >= 0) { // -1 is what is no digit
      throw new IllegalArgumentException("a pairing code has six digits, such as 482 913");
    }
    return new Code(digits.toString());
  }

  /** The code for people: {@code 482 913}. */
  public String shown() {
    return digits.substring(0, GROUP) + " " + digits.substring(GROUP);
  }

  /** The random numbers that an exchange takes. */
  public static Supplier<BigInteger> scalars(SecureRandom random) {
    return () -> P256.randomScalar(random);
  }

  byte[] bytes() {
    return digits.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "\u2022\u2022\u2022 \u2022\u2022\u2022";
  }
}
