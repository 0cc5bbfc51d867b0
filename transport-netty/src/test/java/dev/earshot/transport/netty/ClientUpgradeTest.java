package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.HttpRefusal;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientUpgradeTest {
  private final ScriptedStage stage = new ScriptedStage();
  private HttpUpgrade agreed;
  private byte[] rest;
  private NetworkException failure;

  private void begin(HttpUpgrade upgrade, String... subprotocols) {
    UpgradeOutcome outcome =
        new UpgradeOutcome() {
          @Override
          public void agreed(HttpUpgrade to, byte[] remaining) {
            agreed = to;
            rest = remaining;
          }

          @Override
          public void failed(NetworkException cause) {
            failure = cause;
          }
        };
    ClientUpgrade.Request request =
        new ClientUpgrade.Request(upgrade, List.of(subprotocols), "host:1", 1_000);
    new ClientUpgrade(stage, request, "a server", outcome).begin(new MaskKeys());
  }

  private void beginWebSocket(String... subprotocols) {
    begin(HttpUpgrade.to("websocket").withHeader("X-Name", "Ann"), subprotocols);
  }

  private String answerToKey() {
    Matcher key = Pattern.compile("Sec-WebSocket-Key: (\\S+)\r\n").matcher(stage.text());
    assertThat(key.find()).isTrue();
    assertThat(WebSocketKeys.isChallenge(key.group(1))).isTrue();
    return WebSocketKeys.answer(key.group(1));
  }

  private void respond(String... moreFields) {
    stage.arrive(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + answerToKey()
            + "\r\n"
            + String.join("", moreFields)
            + "\r\n");
  }

  @Test
  void theRequestIsWhatTheRfcAsksFor() {
    beginWebSocket("a", "b");
    answerToKey();
    assertThat(stage.text())
        .startsWith(
            "GET / HTTP/1.1\r\nHost: host:1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        .contains("\r\nSec-WebSocket-Version: 13\r\n")
        .contains("\r\nSec-WebSocket-Protocol: a, b\r\n")
        .contains("\r\nx-name: Ann\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void whatFollowsTheResponseIsKept() {
    beginWebSocket();
    byte[] head =
        ("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + answerToKey()
                + "\r\n\r\nfirst")
            .getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < head.length - 6; i++) {
      stage.arrive(new byte[] {head[i]});
    }
    stage.arrive(java.util.Arrays.copyOfRange(head, head.length - 6, head.length));
    assertThat(new String(rest, StandardCharsets.ISO_8859_1)).isEqualTo("first");
    assertThat(agreed)
        .isEqualTo(
            new HttpUpgrade("websocket", "/", Map.of("x-name", List.of("Ann")), Optional.empty()));
  }

  @Test
  void aSubprotocolThatWasOfferedIsAgreedOn() {
    beginWebSocket("a", "b");
    respond("Sec-WebSocket-Protocol: b\r\n");
    assertThat(agreed.subprotocol()).contains("b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-WebSocket-Protocol: c\r\n",
        "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n",
        "Sec-WebSocket-Extensions: permessage-deflate\r\n",
        "Upgrade: other\r\n",
        "Sec-WebSocket-Accept: again\r\n",
        "Bad\0: field\r\n"
      })
  void whatWasNotAskedForIsRefused(String field) {
    beginWebSocket("a");
    respond(field);
    assertFailed(Reason.PROTOCOL_ERROR);
  }

  @Test
  void aWrongAnswerToTheKeyIsRefused() {
    beginWebSocket();
    stage.arrive(
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    assertFailed(Reason.PROTOCOL_ERROR);
  }

  @Test
  void anotherAnswerIsQuoted() {
    beginWebSocket();
    stage.arrive(
        "HTTP/1.1 403 Not you\u0007\u00e9\r\nContent-Length: 0\r\n\r\n".replace("\u0007", ""));
    assertFailed(Reason.UPGRADE_REFUSED);
    assertThat(failure)
        .hasMessageContaining("a server")
        .hasMessageContaining("'HTTP/1.1 403 Not you?'");
  }

  @ParameterizedTest
  @CsvSource({
    "301, Location, wss://there/",
    "401, WWW-Authenticate, Bearer",
    "503, Retry-After, 9"
  })
  void aRefusalIsReportedWithItsStatusAndHeadersAndNotFollowed(
      int status, String name, String value) {
    beginWebSocket();
    String request = stage.text();
    stage.arrive("HTTP/1.1 " + status + " No\r\n" + name + ": " + value + "\r\n\r\n");
    assertFailed(Reason.UPGRADE_REFUSED);
    HttpRefusal refusal = ((HandshakeException) failure).refusal().orElseThrow();
    assertThat(refusal.status()).isEqualTo(status);
    assertThat(refusal.header(name)).contains(value);
    assertThat(failure).hasMessageContaining("a server").hasMessageContaining("" + status);
    assertThat(stage.text()).isEqualTo(request);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 99 x", "HTTP/1.1 600 x", "HTTP/1.1 101x", "HTTP/1.1  101 x"})
  void aStatusLineThatIsNoneIsAViolation(String line) {
    beginWebSocket();
    stage.arrive(line + "\r\n\r\n");
    assertFailed(Reason.PROTOCOL_ERROR);
  }

  @Test
  void theHeadersOfTheResponseAreKept() {
    beginWebSocket();
    respond("Set-Cookie: a=1\r\nset-cookie: b=2\r\n");
    assertThat(agreed.responseHeaders()).isEqualTo(Map.of("set-cookie", List.of("a=1", "b=2")));
    assertThat(agreed.responseHeader("Set-Cookie")).contains("a=1");
  }

  @Test
  void somethingElseThanHttpIsRefusedAtOnce() {
    beginWebSocket();
    stage.arrive("S");
    assertFailed(Reason.PROTOCOL_ERROR);
  }

  @Test
  void tlsIsNamed() {
    beginWebSocket();
    stage.arrive(new byte[] {0x15, 3, 3, 0, 2, 2, 40});
    assertFailed(Reason.TLS_PEER);
  }

  @Test
  void aResponseThatIsTooLongIsRefused() {
    beginWebSocket();
    stage.arrive("HTTP/1.1 101 x\r\nX: " + "y".repeat(1_000));
    assertFailed(Reason.PROTOCOL_ERROR);
  }

  @Test
  void aStreamOfBytesIsAskedForWithoutWebSocketFields() {
    begin(HttpUpgrade.to("earshot-stream").withHeader("Token", "t"));
    assertThat(stage.text())
        .isEqualTo(
            "GET / HTTP/1.1\r\nHost: host:1\r\nUpgrade: earshot-stream\r\nConnection: Upgrade\r\n"
                + "token: t\r\n\r\n");
    stage.arrive("HTTP/1.1 101 x\r\nUpgrade: earshot-stream\r\nConnection: Upgrade\r\n\r\nbytes");
    assertThat(agreed.protocol()).isEqualTo("earshot-stream");
    assertThat(rest).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nInjected: yes", "\0", "\u00fc"})
  void aValueThatWouldBreakTheRequestIsNotSent(String value) {
    begin(HttpUpgrade.to("websocket").withHeader("X", value));
    assertThat(stage.text()).isEmpty();
    assertFailed(Reason.OTHER);
  }

  @Test
  void anEndOrABreakBeforeTheAnswerIsAFailedHandshake() {
    beginWebSocket();
    stage.end();
    assertFailed(Reason.CLOSED);
    failure = null;
    stage.calls.clear();
    beginWebSocket();
    stage.fail(new IOException("Connection reset by peer"));
    assertThat(((HandshakeException) failure).reason()).isEqualTo(Reason.CLOSED);
    assertThat(failure).hasMessageContaining("reset");
  }

  private void assertFailed(Reason reason) {
    assertThat(agreed).isNull();
    assertThat(stage.calls).containsExactly("leave");
    assertThat(failure)
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
