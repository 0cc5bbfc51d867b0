package dev.earshot;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The HTTP/1.1 request that turned a connection into something else (RFC 9110, section 7.8).
 * Immutable.
 *
 * <p>A WebSocket connection has one, and so has a TCP connection that was {@linkplain
 * Protocol.Tcp#upgradedTo upgraded} on a WebSocket listener's port. It is what the connecting side
 * asked for, seen from either side.
 *
 * @param protocol the token of the {@code Upgrade} header, such as {@code websocket}
 * @param path the request target, {@code /} by default
 * @param headers the request's headers other than those of the handshake itself; names in lower
 *     case
 * @param subprotocol the WebSocket subprotocol that was agreed on
 */
public record HttpUpgrade(
    String protocol, String path, Map<String, List<String>> headers, Optional<String> subprotocol) {

  /** Copies the headers, with their names in lower case. */
  public HttpUpgrade {
    Objects.requireNonNull(protocol, "protocol");
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path '" + path + "' does not begin with /");
    }
    TreeMap<String, List<String>> copy = new TreeMap<>();
    headers.forEach((name, values) -> copy.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    headers = Collections.unmodifiableMap(copy);
  }

  /** An upgrade to {@code protocol} at {@code /} without additional headers. */
  public static HttpUpgrade to(String protocol) {
    return new HttpUpgrade(protocol, "/", Map.of(), Optional.empty());
  }

  /** The same with one more header. */
  public HttpUpgrade withHeader(String name, String value) {
    TreeMap<String, List<String>> copy = new TreeMap<>(headers);
    copy.put(name.toLowerCase(Locale.ROOT), List.of(value));
    return new HttpUpgrade(protocol, path, copy, subprotocol);
  }

  /** The first value of the header {@code name}, whose case does not matter. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)))
        .filter(values -> !values.isEmpty())
        .map(values -> values.get(0));
  }
}
