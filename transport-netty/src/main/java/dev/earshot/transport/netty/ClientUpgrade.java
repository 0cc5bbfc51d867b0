package dev.earshot.transport.netty;

import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.HttpRefusal;
import dev.earshot.HttpUpgrade;
import dev.earshot.TooLargeException;
import dev.earshot.spi.LoopConfined;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The connecting side of an HTTP/1.1 upgrade: to WebSocket (RFC 6455, section 4.1) or to a stream
 * of bytes. It agrees to nothing that it did not ask for.
 */
@LoopConfined
final class ClientUpgrade implements ByteStage.Above {
  private static final int TLS_ALERT = 0x15;
  private static final String SWITCHING_PROTOCOLS = "HTTP/1.1 101";
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d ([1-5]\\d\\d)( .*)?");

  /**
   * What is asked for.
   *
   * @param upgrade protocol, path and additional headers
   * @param subprotocols the WebSocket subprotocols that are offered
   * @param host the value of the {@code Host} field
   * @param maximumSize the largest response, in bytes
   */
  record Request(HttpUpgrade upgrade, List<String> subprotocols, String host, int maximumSize) {
    boolean isWebSocket() {
      return upgrade.protocol().equals(ServerUpgrade.WEBSOCKET);
    }
  }

  private final ByteStage stage;
  private final Request request;
  private final String peer;
  private final UpgradeOutcome outcome;
  private final HttpHeadReader reader;
  private String challenge = "";

  ClientUpgrade(ByteStage stage, Request request, String peer, UpgradeOutcome outcome) {
    this.stage = stage;
    this.request = request;
    this.peer = peer;
    this.outcome = outcome;
    this.reader = new HttpHeadReader(request.maximumSize());
  }

  /** Sends the request, and waits for the response. */
  void begin(MaskKeys random) {
    challenge = WebSocketKeys.challenge(random);
    stage.attach(this);
    if (!isSendable(request.upgrade())) {
      fail(Reason.OTHER, "the request cannot be sent: a name, path or value is not HTTP");
      return;
    }
    byte[] bytes = requestText().getBytes(StandardCharsets.ISO_8859_1);
    stage.write(bytes, 0, bytes.length);
    stage.flush();
    stage.read();
  }

  private String requestText() {
    StringBuilder text = new StringBuilder();
    HttpUpgrade upgrade = request.upgrade();
    text.append("GET ").append(upgrade.path()).append(" HTTP/1.1\r\n");
    text.append("Host: ").append(request.host()).append("\r\n");
    text.append("Upgrade: ").append(upgrade.protocol()).append("\r\nConnection: Upgrade\r\n");
    if (request.isWebSocket()) {
      text.append("Sec-WebSocket-Key: ").append(challenge).append("\r\n");
      text.append("Sec-WebSocket-Version: 13\r\n");
      if (!request.subprotocols().isEmpty()) {
        text.append("Sec-WebSocket-Protocol: ");
        text.append(String.join(", ", request.subprotocols())).append("\r\n");
      }
    }
    upgrade
        .headers()
        .forEach(
            (name, values) -> {
              if (!ServerUpgrade.OWN_HEADERS.contains(name)) {
                values.forEach(v -> text.append(name).append(": ").append(v).append("\r\n"));
              }
            });
    return text.append("\r\n").toString();
  }

  /** Whether nothing in it would end a line, or begin another field. */
  private static boolean isSendable(HttpUpgrade upgrade) {
    for (Map.Entry<String, List<String>> field : upgrade.headers().entrySet()) {
      if (!HttpHead.isToken(field.getKey())
          || !field.getValue().stream().allMatch(ClientUpgrade::isText)) {
        return false;
      }
    }
    return HttpHead.isToken(upgrade.protocol()) && HttpHead.isVisible(upgrade.path());
  }

  private static boolean isText(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c < 0x7F || c == '\t');
  }

  @Override
  public void bytes(byte[] bytes, int from, int to) {
    try {
      reader.add(bytes, from, to);
      if (reader.isTlsRecord(TLS_ALERT)) {
        throw new FramingException("it speaks TLS, which this connection does not");
      }
      if (!reader.mayBeginWith("HTTP/1.")) {
        throw new FramingException("its answer is not HTTP");
      }
      if (reader.isComplete()) {
        outcome.agreed(agreement(reader.head()), reader.rest());
      } else {
        stage.read();
      }
    } catch (FramingException | TooLargeException e) {
      boolean tls = reader.isTlsRecord(TLS_ALERT);
      fail(tls ? Reason.TLS_PEER : Reason.PROTOCOL_ERROR, e.getMessage());
    } catch (HandshakeException e) {
      fail(e);
    }
  }

  private HttpUpgrade agreement(HttpHead response) throws HandshakeException {
    String line = response.startLine();
    if (!isAgreed(line)) {
      throw refused(line, response);
    }
    String protocol = request.upgrade().protocol();
    require(
        response.only("upgrade").filter(protocol::equalsIgnoreCase).isPresent()
            && response.lists("connection", "upgrade"),
        "it upgrades to something else");
    Optional<String> subprotocol = Optional.empty();
    if (request.isWebSocket()) {
      require(
          response
              .only("sec-websocket-accept")
              .equals(Optional.of(WebSocketKeys.answer(challenge))),
          "its Sec-WebSocket-Accept does not fit the key");
      require(
          response.list("sec-websocket-extensions").isEmpty(),
          "it uses an extension that was not offered");
      subprotocol = response.only("sec-websocket-protocol");
      require(
          subprotocol
              .map(request.subprotocols()::contains)
              .orElse(response.all("sec-websocket-protocol").isEmpty()),
          "it uses a subprotocol that was not offered");
    }
    HttpUpgrade asked = request.upgrade();
    return new HttpUpgrade(
        protocol, asked.path(), asked.headers(), subprotocol, withoutOwn(response));
  }

  /** Whether the status is 101, with or without words behind it. */
  private static boolean isAgreed(String line) {
    return line.equals(SWITCHING_PROTOCOLS) || line.startsWith(SWITCHING_PROTOCOLS + " ");
  }

  /** Any other status than 101, which is reported as it is, and never followed. */
  private HandshakeException refused(String line, HttpHead response) {
    String answer = "it answered '" + HttpHead.printable(line) + "'";
    Matcher status = STATUS_LINE.matcher(line);
    return status.matches()
        ? new HandshakeException(
            new HttpRefusal(Integer.parseInt(status.group(1)), response.headers()),
            describe() + ": " + answer)
        : new HandshakeException(Reason.PROTOCOL_ERROR, describe() + ": " + answer);
  }

  private static Map<String, List<String>> withoutOwn(HttpHead response) {
    Map<String, List<String>> headers = new TreeMap<>();
    response
        .headers()
        .forEach(
            (name, values) -> {
              if (!ServerUpgrade.OWN_HEADERS.contains(name)) {
                headers.put(name, values);
              }
            });
    return headers;
  }

  private void require(boolean condition, String otherwise) throws HandshakeException {
    if (!condition) {
      throw new HandshakeException(Reason.PROTOCOL_ERROR, describe() + ": " + otherwise);
    }
  }

  private void fail(Reason reason, String what) {
    fail(new HandshakeException(reason, describe() + ": " + what));
  }

  private void fail(HandshakeException cause) {
    stage.leave(false);
    outcome.failed(cause);
  }

  private String describe() {
    return "upgrading to " + request.upgrade().protocol() + " with " + peer;
  }

  @Override
  public void ended() {
    fail(Reason.CLOSED, "closed before it answered");
  }

  @Override
  public void writable() {
    // The request is small; nobody waits for room.
  }

  @Override
  public void failed(Throwable cause) {
    outcome.failed(
        SocketErrors.handshake("upgrade to " + request.upgrade().protocol(), peer, cause));
  }
}
