package dev.earshot;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a program may put into an HTTP/1.1 head, and how heads are kept (RFC 9110, section 5). */
final class HttpText {
  private static final String SEPARATORS = "()<>@,;:\\\"/[]?={}";
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "host",
          "upgrade",
          "connection",
          "content-length",
          "transfer-encoding",
          "sec-websocket-key",
          "sec-websocket-version",
          "sec-websocket-protocol",
          "sec-websocket-extensions",
          "sec-websocket-accept");

  private HttpText() {}

  /** Whether there is neither a space nor anything that does not print. */
  static boolean isVisible(String text) {
    return text.chars().allMatch(c -> c > 0x20 && c < 0x7F);
  }

  static void requireToken(String what, String text) {
    boolean separators = text.chars().anyMatch(c -> SEPARATORS.indexOf(c) >= 0);
    if (text.isEmpty() || separators || !isVisible(text)) {
      throw new IllegalArgumentException(what + " '" + text + "' is no HTTP token");
    }
  }

  /** Refuses what the handshake sets itself, or what could become another header. */
  static void requireHeader(String name, String value) {
    requireToken("header name", name);
    if (OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("header " + name + " is not for a program to set");
    }
    if (value.chars().anyMatch(c -> c < 0x20 && c != '\t' || c >= 0x7F)) {
      throw new IllegalArgumentException("header " + name + " has a value that is not ASCII text");
    }
  }

  /** A copy with the names in lower case, which cannot be changed. */
  static Map<String, List<String>> lowerCase(Map<String, List<String>> headers) {
    if (headers.isEmpty()) {
      return Map.of(); // as most are, for as long as their connection lives
    }
    TreeMap<String, List<String>> copy = new TreeMap<>();
    headers.forEach((name, values) -> copy.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    return Collections.unmodifiableMap(copy);
  }

  /** The first value of the header {@code name}, in any case, in a map with names in lower case. */
  static Optional<String> first(Map<String, List<String>> headers, String name) {
    Objects.requireNonNull(name, "name");
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }
}
