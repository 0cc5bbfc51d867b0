package dev.earshot;

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
 * asked for, and what the other answered, seen from either side.
 *
 * @param protocol the token of the {@code Upgrade} header, such as {@code websocket}
 * @param path the request target, {@code /} by default
 * @param headers the request's headers other than those of the handshake itself; names in lower
 *     case
 * @param subprotocol the WebSocket subprotocol that was agreed on
 * @param responseHeaders the response's headers other than those of the handshake itself; names in
 *     lower case; none before there is a response
 */
public record HttpUpgrade(
    String protocol,
    String path,
    Map<String, List<String>> headers,
    Optional<String> subprotocol,
    Map<String, List<String>> responseHeaders) {

  /** Copies the headers, with their names in lower case. */
  public HttpUpgrade {
    Objects.requireNonNull(protocol, "protocol");
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path '" + path + "' does not begin with /");
    }
    headers = HttpText.lowerCase(headers);
    Objects.requireNonNull(subprotocol, "subprotocol");
    responseHeaders = HttpText.lowerCase(responseHeaders);
  }

  /** An upgrade whose response has no additional headers. */
  public HttpUpgrade(
      String protocol,
      String path,
      Map<String, List<String>> headers,
      Optional<String> subprotocol) {
    this(protocol, path, headers, subprotocol, Map.of());
  }

  /** An upgrade to {@code protocol} at {@code /} without additional headers. */
  public static HttpUpgrade to(String protocol) {
    return new HttpUpgrade(protocol, "/", Map.of(), Optional.empty());
  }

  /** The same with one more header. */
  public HttpUpgrade withHeader(String name, String value) {
    TreeMap<String, List<String>> copy = new TreeMap<>(headers);
    copy.put(name.toLowerCase(Locale.ROOT), List.of(value));
    return new HttpUpgrade(protocol, path, copy, subprotocol, responseHeaders);
  }

  /** The first value of the request's header {@code name}, whose case does not matter. */
  public Optional<String> header(String name) {
    return HttpText.first(headers, name);
  }

  /** The first value of the response's header {@code name}, whose case does not matter. */
  public Optional<String> responseHeader(String name) {
    return HttpText.first(responseHeaders, name);
  }
}
