package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.HttpUpgrade;
import dev.earshot.SecurityMetadata;
import dev.earshot.TooLargeException;
import dev.earshot.UpgradeRequest;
import dev.earshot.UpgradeResponse;
import dev.earshot.WebSocketOptions;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The accepting side of an HTTP/1.1 upgrade to WebSocket (RFC 6455, section 4.2), or to a stream of
 * bytes whose token the options name.
 *
 * <p>Strict about everything but the path and, unless the options say otherwise, the {@code Host}
 * field, which some peers on local networks leave malformed. Extensions are ignored, and so never
 * agreed on. Whoever asks for something else is told so by an HTTP response. A well-formed request
 * is answered by the program, if the options have a handler for it; the peer is not read meanwhile.
 */
@LoopConfined
final class ServerUpgrade implements ByteStage.Above {
  static final String WEBSOCKET = "websocket";

  /** The fields that are part of the handshake itself. */
  static final Set<String> OWN_HEADERS =
      Set.of(
          "host",
          "upgrade",
          "connection",
          "sec-websocket-key",
          "sec-websocket-version",
          "sec-websocket-protocol",
          "sec-websocket-extensions",
          "sec-websocket-accept");

  private static final Set<String> EMPTY_BODY = Set.of("0");
  private static final Pattern HOST = Pattern.compile("[^\\s/@?#]+");

  private static final int TLS_HANDSHAKE = 0x16;

  private static final int REQUEST_TIMEOUT = 408;
  private static final int INTERNAL_ERROR = 500;
  private static final int UNAVAILABLE = 503;

  /**
   * Who asks whom.
   *
   * @param options what is offered here
   * @param from where the peer came from
   * @param security what the security handshake settled, if there was one
   * @param loop the stage's
   */
  record Meeting(
      WebSocketOptions options, Endpoint from, Optional<SecurityMetadata> security, Loop loop) {}

  private final ByteStage stage;
  private final Meeting meeting;
  private final WebSocketOptions options;
  private final UpgradeOutcome outcome;
  private final HttpHeadReader reader;
  private @Nullable RequestDecision decision;
  private boolean over;

  ServerUpgrade(ByteStage stage, Meeting meeting, UpgradeOutcome outcome) {
    this.stage = stage;
    this.meeting = meeting;
    this.options = meeting.options();
    this.outcome = outcome;
    this.reader = new HttpHeadReader(options.maximumHandshakeSize());
  }

  /** Waits for the request. */
  void begin() {
    stage.attach(this);
    stage.read();
  }

  @Override
  public void bytes(byte[] bytes, int from, int to) {
    try {
      reader.add(bytes, from, to);
      if (reader.isTlsRecord(TLS_HANDSHAKE)) {
        throw new Refusal(Reason.TLS_PEER, "400 Bad Request", "it speaks TLS, this port does not");
      }
      if (!reader.mayBeginWith("GET ")) {
        throw new Refusal("405 Method Not Allowed", "its request is not a GET");
      }
      if (reader.isComplete()) {
        answer(reader.head());
      } else {
        stage.read();
      }
    } catch (FramingException e) {
      refuse(new Refusal("400 Bad Request", e.getMessage()));
    } catch (TooLargeException e) {
      refuse(new Refusal("431 Request Header Fields Too Large", e.getMessage()));
    } catch (Refusal refusal) {
      refuse(refusal);
    }
  }

  /** The time for handshakes is over: whoever is late, the peer or the program, it is told so. */
  void timedOut() {
    if (decision == null) {
      // RFC 9110, section 15.5.9
      refuse(new Refusal(HttpStatus.line(REQUEST_TIMEOUT), "its request was not complete in time"));
    } else {
      decision.cancel();
      refuse(new Refusal(HttpStatus.line(UNAVAILABLE), "this program has not answered in time"));
    }
  }

  private void answer(HttpHead head) throws Refusal {
    String path = path(head.startLine());
    requirePlain(head);
    String token = token(head);
    List<String> offered = List.of();
    String key = "";
    if (token.equals(WEBSOCKET)) {
      key = challenge(head);
      offered = offered(head.list("sec-websocket-protocol"));
    }
    UpgradeRequest request =
        new UpgradeRequest(meeting.from(), token, path, notOwn(head), offered, meeting.security());
    if (options.requestHandler().isEmpty()) {
      agree(request, key, UpgradeResponse.accept());
      return;
    }
    String challenge = key;
    decision = new RequestDecision(options.requestHandler().get(), request, meeting.loop());
    decision.ask(response -> decided(request, challenge, response));
  }

  /** The fields that are not part of the handshake, and the host. */
  private static Map<String, List<String>> notOwn(HttpHead head) {
    Map<String, List<String>> headers = new TreeMap<>();
    head.headers()
        .forEach(
            (name, values) -> {
              if (!OWN_HEADERS.contains(name) || name.equals("host")) {
                headers.put(name, values);
              }
            });
    return headers;
  }

  private void decided(UpgradeRequest request, String key, UpgradeResponse response) {
    if (over) {
      return;
    }
    try {
      if (!response.isAccepted()) {
        throw new Refusal(
                Reason.UPGRADE_REFUSED,
                HttpStatus.line(response.status()),
                "this program refused it with status " + response.status())
            .with(fields(response) + "Connection: close\r\n");
      }
      agree(request, key, response);
    } catch (Refusal refusal) {
      refuse(refusal);
    }
  }

  private void agree(UpgradeRequest request, String key, UpgradeResponse response) throws Refusal {
    Optional<String> subprotocol = subprotocol(request, response);
    StringBuilder text = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    text.append("Upgrade: ").append(request.protocol()).append("\r\nConnection: Upgrade\r\n");
    if (request.protocol().equals(WEBSOCKET)) {
      text.append("Sec-WebSocket-Accept: ").append(WebSocketKeys.answer(key)).append("\r\n");
      subprotocol.ifPresent(s -> text.append("Sec-WebSocket-Protocol: " + s + "\r\n"));
    }
    send(text.append(fields(response)).append("\r\n").toString());
    over = true;
    Map<String, List<String>> headers = new TreeMap<>(request.headers());
    headers.remove("host");
    outcome.agreed(
        new HttpUpgrade(
            request.protocol(), request.path(), headers, subprotocol, response.headers()),
        reader.rest());
  }

  private static String fields(UpgradeResponse response) {
    StringBuilder fields = new StringBuilder();
    response
        .headers()
        .forEach(
            (name, values) ->
                values.forEach(v -> fields.append(name).append(": ").append(v).append("\r\n")));
    return fields.toString();
  }

  /** The path of the request line, which may be of the absolute form (RFC 9112, section 3.2.2). */
  private static String path(String requestLine) throws Refusal {
    String[] parts = requestLine.split(" ", -1);
    if (parts.length != 3 || !parts[2].equals("HTTP/1.1")) {
      throw new Refusal("400 Bad Request", "its request is not of HTTP/1.1");
    }
    String target = parts[1];
    int scheme = target.indexOf("://");
    if (scheme > 0) {
      int slash = target.indexOf('/', scheme + 3);
      target = slash < 0 ? "/" : target.substring(slash);
    }
    if (!target.startsWith("/") || !HttpHead.isVisible(target)) {
      throw new Refusal("400 Bad Request", "its request has no path");
    }
    return target;
  }

  private void requirePlain(HttpHead request) throws Refusal {
    boolean body =
        request.headers().containsKey("transfer-encoding")
            || !EMPTY_BODY.containsAll(request.all("content-length"));
    if (body) {
      throw new Refusal("400 Bad Request", "its request has a body");
    }
    if (options.strictHost()
        && !request.only("host").map(host -> HOST.matcher(host).matches()).orElse(false)) {
      throw new Refusal("400 Bad Request", "its request has no proper Host");
    }
  }

  /** To what the peer wants to upgrade, of what is offered here. */
  private String token(HttpHead request) throws Refusal {
    if (request.lists("connection", "upgrade")) {
      if (request.lists("upgrade", WEBSOCKET)) {
        return WEBSOCKET;
      }
      for (String offered : options.byteStreamUpgrades()) {
        if (request.lists("upgrade", offered)) {
          return offered;
        }
      }
    }
    throw new Refusal("426 Upgrade Required", "its request asks for no upgrade offered here")
        .with("Upgrade: websocket\r\nConnection: Upgrade\r\n");
  }

  private String challenge(HttpHead request) throws Refusal {
    if (!request.only("sec-websocket-version").equals(Optional.of("13"))) {
      throw new Refusal("426 Upgrade Required", "it speaks another version of WebSocket")
          .with("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
    }
    return request
        .only("sec-websocket-key")
        .filter(WebSocketKeys::isChallenge)
        .orElseThrow(() -> new Refusal("400 Bad Request", "its Sec-WebSocket-Key is not 16 bytes"));
  }

  private static List<String> offered(List<String> subprotocols) throws Refusal {
    for (String one : subprotocols) {
      if (!HttpHead.isToken(one)) {
        throw new Refusal("400 Bad Request", "its Sec-WebSocket-Protocol is malformed");
      }
    }
    return subprotocols;
  }

  private Optional<String> subprotocol(UpgradeRequest request, UpgradeResponse response)
      throws Refusal {
    List<String> offered = request.subprotocols();
    if (response.subprotocol().isEmpty()) {
      for (String one : options.subprotocols()) {
        if (offered.contains(one)) {
          return Optional.of(one);
        }
      }
      return Optional.empty();
    }
    if (response.subprotocol().filter(offered::contains).isEmpty()) {
      throw new Refusal(
          Reason.OTHER,
          HttpStatus.line(INTERNAL_ERROR),
          "this program chose the subprotocol "
              + response.subprotocol().get()
              + ", which was not offered");
    }
    return response.subprotocol();
  }

  private void send(String response) {
    byte[] bytes = response.getBytes(StandardCharsets.ISO_8859_1);
    stage.write(bytes, 0, bytes.length);
    stage.flush();
  }

  private void refuse(Refusal refusal) {
    over = true;
    String text = "No upgrade: " + refusal.getMessage() + ".\n";
    send(
        "HTTP/1.1 "
            + refusal.status
            + "\r\n"
            + (refusal.fields.isEmpty() ? "Connection: close\r\n" : refusal.fields)
            + "Content-Type: text/plain\r\nContent-Length: "
            + text.length()
            + "\r\n\r\n"
            + text);
    stage.leave(false);
    outcome.failed(new HandshakeException(refusal.reason, describe() + refusal.getMessage()));
  }

  @Override
  public void ended() {
    stage.leave(false);
    over = true;
    outcome.failed(new HandshakeException(Reason.CLOSED, describe() + "closed before its request"));
  }

  private String describe() {
    return "accepting a WebSocket from " + meeting.from() + ": ";
  }

  @Override
  public void writable() {
    // The response is small; nobody waits for room.
  }

  @Override
  public void failed(Throwable cause) {
    over = true;
    if (decision != null) {
      decision.cancel();
    }
    outcome.failed(
        SocketErrors.handshake("upgrade to WebSocket", meeting.from().toString(), cause));
  }

  /** A request that is answered with something else than 101. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final String status;
    private String fields = "";

    Refusal(String status, String message) {
      this(Reason.PROTOCOL_ERROR, status, message);
    }

    Refusal(Reason reason, String status, String message) {
      super(message);
      this.reason = reason;
      this.status = status;
    }

    Refusal with(String moreFields) {
      fields = moreFields;
      return this;
    }
  }
}
