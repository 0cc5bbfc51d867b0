package dev.earshot;

/** What the headers of the library's own framers have in common. */
final class HeaderRules {
  private HeaderRules() {}

  /**
   * The bytes of content after a header whose length is {@code announced}.
   *
   * @param counted the bytes of the header that the length counts too
   */
  static long contentSize(long announced, int counted) throws FramingException {
    if (announced >= 0 && announced < counted) {
      throw new FramingException(
          "a length of %d that counts the %d bytes before the content"
              .formatted(announced, counted));
    }
    return announced < 0 ? announced : announced - counted;
  }

  static int requireLimit(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("maximumMessageSize " + bytes + " is less than 0");
    }
    return bytes;
  }
}
