package dev.earshot.transport.netty;

import java.util.Map;

/** The words that stand beside the codes of HTTP responses (RFC 9110, section 15). */
final class HttpStatus {
  private static final Map<Integer, String> WORDS =
      Map.ofEntries(
          Map.entry(301, "Moved Permanently"),
          Map.entry(302, "Found"),
          Map.entry(303, "See Other"),
          Map.entry(307, "Temporary Redirect"),
          Map.entry(308, "Permanent Redirect"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(408, "Request Timeout"),
          Map.entry(410, "Gone"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(503, "Service Unavailable"));

  private HttpStatus() {}

  /** The code and its words, as they stand in a status line. */
  static String line(int code) {
    return code + " " + WORDS.getOrDefault(code, "Refused");
  }
}
