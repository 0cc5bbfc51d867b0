package dev.earshot.benchmarks;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes maps, lists, numbers and texts as JSON. */
final class Json {
  private Json() {}

  static String of(Object value) {
    return of(value, "\n");
  }

  private static String of(Object value, String newLine) {
    String deeper = newLine + "  ";
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> text(entry.getKey()) + ": " + of(entry.getValue(), deeper))
          .collect(Collectors.joining("," + deeper, "{" + deeper, newLine + "}"));
    }
    if (value instanceof Collection<?> many) {
      return many.stream()
          .map(one -> of(one, deeper))
          .collect(Collectors.joining("," + deeper, "[" + deeper, newLine + "]"));
    }
    if (value instanceof Number number) {
      return Double.isFinite(number.doubleValue()) ? number.toString() : "null";
    }
    return text(value);
  }

  private static String text(Object value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : String.valueOf(value).toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
