package dev.earshot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a {@link RequestHandler} answers to an {@link UpgradeRequest}: that the connection may come
 * about, or an HTTP status that says why not. Immutable.
 *
 * <pre>{@code
 * UpgradeResponse.accept().withSubprotocol("chat.v2").withHeader("Set-Cookie", "id=7");
 * UpgradeResponse.refuse(401).withHeader("WWW-Authenticate", "Bearer");
 * }</pre>
 */
public final class UpgradeResponse {
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int LOWEST_REFUSAL = 300;
  private static final int HIGHEST_REFUSAL = 599;

  private final int status;
  private final Optional<String> subprotocol;
  private final Map<String, List<String>> headers;

  private UpgradeResponse(
      int status, Optional<String> subprotocol, Map<String, List<String>> headers) {
    this.status = status;
    this.subprotocol = subprotocol;
    this.headers = Collections.unmodifiableMap(headers);
  }

  /**
   * The peer is welcome; the subprotocol is the first of {@link WebSocketOptions#subprotocols()}
   * that it offers, if any, unless {@link #withSubprotocol} says otherwise.
   */
  public static UpgradeResponse accept() {
    return new UpgradeResponse(
        SWITCHING_PROTOCOLS, Optional.empty(), new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
  }

  /**
   * The peer is not welcome, and is told so by an HTTP response of {@code status}.
   *
   * @throws IllegalArgumentException unless 300 &lt;= status &lt;= 599
   */
  public static UpgradeResponse refuse(int status) {
    if (status < LOWEST_REFUSAL || status > HIGHEST_REFUSAL) {
      throw new IllegalArgumentException("status " + status + " is not within 300 to 599");
    }
    return new UpgradeResponse(
        status, Optional.empty(), new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
  }

  /**
   * The same with a subprotocol, which has to be one that the peer offers: otherwise it is refused
   * with status 500.
   *
   * @throws IllegalArgumentException if it is no HTTP token
   * @throws IllegalStateException if this is a refusal
   */
  public UpgradeResponse withSubprotocol(String chosen) {
    HttpText.requireToken("subprotocol", Objects.requireNonNull(chosen, "chosen"));
    if (!isAccepted()) {
      throw new IllegalStateException("a refusal with status " + status + " has no subprotocol");
    }
    return new UpgradeResponse(status, Optional.of(chosen), headers);
  }

  /**
   * The same with one more header.
   *
   * @throws IllegalArgumentException if the handshake sets that header itself, or its value is not
   *     ASCII text
   */
  public UpgradeResponse withHeader(String name, String value) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
    HttpText.requireHeader(name, value);
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(headers);
    List<String> values = new ArrayList<>(copy.getOrDefault(name, List.of()));
    values.add(value);
    copy.put(name, List.copyOf(values));
    return new UpgradeResponse(status, subprotocol, copy);
  }

  /** Whether the peer is welcome. */
  public boolean isAccepted() {
    return status == SWITCHING_PROTOCOLS;
  }

  /** The HTTP status: 101 if the peer is welcome. */
  public int status() {
    return status;
  }

  /** The subprotocol that was chosen; empty leaves the choice to the listener's options. */
  public Optional<String> subprotocol() {
    return subprotocol;
  }

  /** The additional headers. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** Its status, without the headers, which may carry a token. */
  @Override
  public String toString() {
    return "UpgradeResponse["
        + status
        + subprotocol.map(chosen -> ", subprotocol " + chosen).orElse("")
        + "]";
  }
}
