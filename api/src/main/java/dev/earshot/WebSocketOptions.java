package dev.earshot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How WebSocket (RFC 6455) behaves on a connection or a listener's connections. Immutable.
 *
 * <p>Every limit is finite by default. No extension is offered or agreed to, so messages are not
 * compressed.
 */
public final class WebSocketOptions {
  /** The defaults. */
  public static final WebSocketOptions DEFAULT = new Builder().build();

  private final String path;
  private final List<String> subprotocols;
  private final Map<String, List<String>> additionalHeaders;
  private final Set<String> byteStreamUpgrades;
  private final int maximumMessageSize;
  private final int maximumFragments;
  private final int maximumHandshakeSize;
  private final boolean strictHost;
  private final Optional<RequestHandler> requestHandler;

  private WebSocketOptions(Builder builder) {
    path = builder.path;
    subprotocols = List.copyOf(builder.subprotocols);
    additionalHeaders = Collections.unmodifiableMap(new TreeMap<>(builder.additionalHeaders));
    byteStreamUpgrades = Set.copyOf(builder.byteStreamUpgrades);
    maximumMessageSize = builder.maximumMessageSize;
    maximumFragments = builder.maximumFragments;
    maximumHandshakeSize = builder.maximumHandshakeSize;
    strictHost = builder.strictHost;
    requestHandler = builder.requestHandler;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The request target of the connecting side, {@code /} by default; a listener accepts any. */
  public String path() {
    return path;
  }

  /**
   * The subprotocols that are offered or accepted, the dearest first; none by default.
   *
   * <p>A listener picks the first of its own that was offered, and serves a peer that offers none
   * of them without a subprotocol.
   */
  public List<String> subprotocols() {
    return subprotocols;
  }

  /** Headers that the connecting side adds to its request; none by default. */
  public Map<String, List<String>> additionalHeaders() {
    return additionalHeaders;
  }

  /**
   * The tokens of an {@code Upgrade} header, besides {@code websocket}, that a listener accepts on
   * its port; none by default. Such a connection carries bytes, see {@link Protocol.Tcp#upgrade()}.
   */
  public Set<String> byteStreamUpgrades() {
    return byteStreamUpgrades;
  }

  /** The largest message, reassembled, that is received, in bytes; 16 MiB by default. */
  public int maximumMessageSize() {
    return maximumMessageSize;
  }

  /**
   * The largest number of fragments of one received message; 262,144 by default, which is a message
   * of 16 MiB in fragments of 64 bytes. Fragments cost no memory of their own: the limit is for a
   * peer that sends empty ones for ever.
   */
  public int maximumFragments() {
    return maximumFragments;
  }

  /** The largest HTTP request or response of the opening handshake, in bytes; 16 KiB by default. */
  public int maximumHandshakeSize() {
    return maximumHandshakeSize;
  }

  /**
   * Whether a listener insists on a well-formed {@code Host} header.
   *
   * <p>False by default, since peers on a local network send odd ones ({@code Host: ::1}).
   */
  public boolean strictHost() {
    return strictHost;
  }

  /**
   * Who answers the requests of a listener's peers; nobody by default, and whoever asks for an
   * upgrade that is offered gets it.
   */
  public Optional<RequestHandler> requestHandler() {
    return requestHandler;
  }

  /** The options, without values that may be secret. */
  @Override
  public String toString() {
    // Not the headers: they may carry a token.
    return "WebSocketOptions["
        + path
        + ", subprotocols "
        + subprotocols
        + ", headers "
        + additionalHeaders.keySet()
        + ", messages to "
        + maximumMessageSize
        + " bytes]";
  }

  /** Collects options. Not safe for several threads. */
  public static final class Builder {
    private static final int HANDSHAKE_FLOOR = 512;

    private String path = "/";
    private List<String> subprotocols = List.of();
    private final Map<String, List<String>> additionalHeaders =
        new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> byteStreamUpgrades = new LinkedHashSet<>();
    private int maximumMessageSize = 16 << 20;
    private int maximumFragments = 256 << 10;
    private int maximumHandshakeSize = 16 << 10;
    private boolean strictHost;
    private Optional<RequestHandler> requestHandler = Optional.empty();

    private Builder() {}

    /** Sets {@link WebSocketOptions#path()}. */
    public Builder path(String target) {
      Objects.requireNonNull(target, "target");
      if (!target.startsWith("/") || !HttpText.isVisible(target)) {
        throw new IllegalArgumentException("path '" + target + "' is no request target");
      }
      path = target;
      return this;
    }

    /** Sets {@link WebSocketOptions#subprotocols()}. */
    public Builder subprotocols(String... dearestFirst) {
      Objects.requireNonNull(dearestFirst, "dearestFirst");
      for (String subprotocol : dearestFirst) {
        HttpText.requireToken("subprotocol", subprotocol);
      }
      subprotocols = List.of(dearestFirst);
      return this;
    }

    /**
     * Adds to {@link WebSocketOptions#additionalHeaders()}.
     *
     * @throws IllegalArgumentException if the handshake sets that header itself, or the request
     *     would get a body
     */
    public Builder additionalHeader(String name, String value) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(value, "value");
      HttpText.requireHeader(name, value);
      List<String> values =
          new ArrayList<>(additionalHeaders.getOrDefault(name, Collections.emptyList()));
      values.add(value);
      additionalHeaders.put(name, List.copyOf(values));
      return this;
    }

    /** Adds to {@link WebSocketOptions#byteStreamUpgrades()}. */
    public Builder byteStreamUpgrade(String token) {
      Objects.requireNonNull(token, "token");
      HttpText.requireToken("upgrade token", token);
      byteStreamUpgrades.add(token);
      return this;
    }

    /** Sets {@link WebSocketOptions#maximumMessageSize()}, at least 1. */
    public Builder maximumMessageSize(int bytes) {
      maximumMessageSize = requireAtLeast("maximumMessageSize", bytes, 1);
      return this;
    }

    /** Sets {@link WebSocketOptions#maximumFragments()}, at least 1. */
    public Builder maximumFragments(int fragments) {
      maximumFragments = requireAtLeast("maximumFragments", fragments, 1);
      return this;
    }

    /** Sets {@link WebSocketOptions#maximumHandshakeSize()}, at least 512. */
    public Builder maximumHandshakeSize(int bytes) {
      maximumHandshakeSize = requireAtLeast("maximumHandshakeSize", bytes, HANDSHAKE_FLOOR);
      return this;
    }

    /** Makes {@link WebSocketOptions#strictHost()} true. */
    public Builder strictHost() {
      strictHost = true;
      return this;
    }

    /** Sets {@link WebSocketOptions#requestHandler()}. */
    public Builder requestHandler(RequestHandler handler) {
      requestHandler = Optional.of(Objects.requireNonNull(handler, "handler"));
      return this;
    }

    /** The options. */
    public WebSocketOptions build() {
      return new WebSocketOptions(this);
    }

    private static int requireAtLeast(String name, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException(name + " " + value + " is less than " + least);
      }
      return value;
    }
  }
}
