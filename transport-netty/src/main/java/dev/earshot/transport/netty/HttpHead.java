package dev.earshot.transport.netty;

import dev.earshot.FramingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The head of an HTTP/1.1 message (RFC 9112): its first line and its fields. Immutable.
 *
 * @param startLine the first line
 * @param headers the fields, with their names in lower case
 */
record HttpHead(String startLine, Map<String, List<String>> headers) {
  private static final String SEPARATORS = "()<>@,;:\\\"/[]?={}";
  private static final String LINE_END = "\r\n";

  /** For each character of ASCII, whether it may be part of a token. */
  private static final boolean[] IN_TOKEN = inToken();

  /**
   * Reads a head.
   *
   * @param bytes all of it, with the empty line at its end
   * @throws FramingException saying in a few words what is wrong
   */
  static HttpHead parse(byte[] bytes, int length) throws FramingException {
    String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    List<String> lines = lines(text);
    Map<String, List<String>> headers = new TreeMap<>();
    if (lines.isEmpty()) {
      throw new FramingException("an empty line");
    }
    for (int i = 0; i < lines.size(); i++) {
      requireText(lines.get(i));
      if (i > 0) {
        addHeader(lines.get(i), headers);
      }
    }
    headers.replaceAll((name, values) -> Collections.unmodifiableList(values));
    return new HttpHead(lines.get(0), Collections.unmodifiableMap(headers));
  }

  /** The lines of {@code text} without the empty ones at its end. */
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int filled = 0;
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf(LINE_END, at);
      String line = text.substring(at, end < 0 ? text.length() : end);
      lines.add(line);
      filled = line.isEmpty() ? filled : lines.size();
      at = end < 0 ? text.length() : end + LINE_END.length();
    }
    return lines.subList(0, filled);
  }

  private static boolean[] inToken() {
    boolean[] allowed = new boolean[0x80];
    for (char c = 0x21; c < 0x7F; c++) {
      allowed[c] = SEPARATORS.indexOf(c) < 0;
    }
    return allowed;
  }

  private static void addHeader(String line, Map<String, List<String>> headers)
      throws FramingException {
    int colon = line.indexOf(':');
    // RFC 9112, section 5.1: no space before the colon; section 5.2: no line folding. A folded
    // line begins with a space, and so does not begin with a name.
    String name = colon < 0 ? "" : line.substring(0, colon);
    if (!isToken(name)) {
      throw new FramingException("a header field without a name");
    }
    headers
        .computeIfAbsent(name.toLowerCase(Locale.ROOT), n -> new ArrayList<>(1))
        .add(line.substring(colon + 1).strip());
  }

  private static void requireText(String line) throws FramingException {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c < 0x20 && c != '\t' || c == 0x7F) {
        throw new FramingException("a control character in the head");
      }
    }
  }

  /** Whether {@code text} is a token of RFC 9110, section 5.6.2. */
  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= IN_TOKEN.length || !IN_TOKEN[c]) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Whether there is neither a space nor anything that does not print. */
  static boolean isVisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= 0x20 || text.charAt(i) >= 0x7F) {
        return false;
      }
    }
    return true;
  }

  /** The values of {@code name}, which is in lower case. */
  List<String> all(String name) {
    return headers.getOrDefault(name, List.of());
  }

  /** The value of {@code name}, which is in lower case, if there is exactly one. */
  Optional<String> only(String name) {
    List<String> values = all(name);
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }

  /** The values of {@code name}, which is in lower case, read as one list. */
  List<String> list(String name) {
    List<String> items = new ArrayList<>();
    for (String value : all(name)) {
      for (String item : value.split(",")) {
        if (!item.isBlank()) {
          items.add(item.strip());
        }
      }
    }
    return items;
  }

  /** Whether the list {@code name} holds {@code token}, whose case does not matter. */
  boolean lists(String name, String token) {
    for (String item : list(name)) {
      if (token.equalsIgnoreCase(item)) {
        return true;
      }
    }
    return false;
  }

  /** Text from a peer for a message of ours: printable, and not too long. */
  static String printable(String text) {
    String shown = text.replaceAll("[^\\x20-\\x7E]", "?");
    return shown.length() <= 100 ? shown : shown.substring(0, 100) + "...";
  }
}
