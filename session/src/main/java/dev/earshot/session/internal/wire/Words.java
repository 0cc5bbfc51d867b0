package dev.earshot.session.internal.wire;

/** Text that came from a peer, made fit for a message. */
public final class Words {
  private static final int LONGEST = 200;

  private Words() {}

  /** {@code text} on one line, without characters that are not seen or turn others round. */
  public static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().limit(LONGEST).map(c -> isVisible(c) ? c : '?').forEach(out::appendCodePoint);
    return out.toString();
  }

  /** Whether it is seen, or is a space, and turns nothing round that comes after it. */
  public static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
