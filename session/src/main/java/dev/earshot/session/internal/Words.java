package dev.earshot.session.internal;

/** Text that came from a peer, made fit for a message. */
final class Words {
  private static final int LONGEST = 200;

  private Words() {}

  /** {@code text} on one line, without characters that are not seen or turn others round. */
  static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .map(c -> isHarmless(c) ? c : '?')
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static boolean isHarmless(int codePoint) {
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
