package dev.earshot;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a peer asks a WebSocket listener for, well-formed and not answered yet (RFC 6455, section
 * 4.2.1). Immutable. All of it is what the peer chose to write.
 *
 * @param from where the peer came from
 * @param protocol {@code websocket}, or one of {@link WebSocketOptions#byteStreamUpgrades()}
 * @param path the request target, with its query if there is one
 * @param headers the request's headers other than those of the upgrade itself, names in lower case;
 *     {@code host}, {@code origin}, {@code cookie} and {@code authorization} are among them if sent
 * @param subprotocols the WebSocket subprotocols that the peer offers, the dearest first
 * @param security what the security handshake settled, if there was one
 */
public record UpgradeRequest(
    Endpoint from,
    String protocol,
    String path,
    Map<String, List<String>> headers,
    List<String> subprotocols,
    Optional<SecurityMetadata> security) {

  /** Copies the lists and the headers, with their names in lower case. */
  public UpgradeRequest {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(security, "security");
    headers = HttpText.lowerCase(headers);
    subprotocols = List.copyOf(subprotocols);
  }

  /** The first value of the header {@code name}, whose case does not matter. */
  public Optional<String> header(String name) {
    return HttpText.first(headers, name);
  }

  /** Who asks for what, without the headers, which may carry a token. */
  @Override
  public String toString() {
    return "UpgradeRequest[" + protocol + " at " + path + ", from " + from + "]";
  }
}
