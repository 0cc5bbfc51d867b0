package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.WebSocketOptions;
import dev.earshot.testing.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerUpgradeTest {
  /** The example of RFC 6455, section 1.3. */
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ANSWER = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private final ScriptedStage stage = new ScriptedStage();
  private final WebSocketOptions.Builder options =
      WebSocketOptions.builder().byteStreamUpgrade("earshot-stream");
  private HttpUpgrade agreed;
  private byte[] rest;
  private NetworkException failure;
  private ServerUpgrade upgrade;

  private ServerUpgrade.Meeting meeting() {
    return new ServerUpgrade.Meeting(
        options.build(),
        Endpoint.hostPort("192.0.2.1", 5),
        Optional.empty(),
        new VirtualTime().loop("a loop"));
  }

  private void begin() {
    UpgradeOutcome outcome =
        new UpgradeOutcome() {
          @Override
          public void agreed(HttpUpgrade upgrade, byte[] remaining) {
            agreed = upgrade;
            rest = remaining;
          }

          @Override
          public void failed(NetworkException cause) {
            failure = cause;
          }
        };
    upgrade = new ServerUpgrade(stage, meeting(), outcome);
    upgrade.begin();
  }

  private void request(String... lines) {
    begin();
    stage.arrive(String.join("\r\n", lines) + "\r\n\r\n");
  }

  private static String[] good(String first, String... more) {
    String[] usual = {
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: " + KEY
    };
    String[] all = new String[1 + usual.length + more.length];
    all[0] = first;
    System.arraycopy(usual, 0, all, 1, usual.length);
    System.arraycopy(more, 0, all, 1 + usual.length, more.length);
    return all;
  }

  @Test
  void theExampleOfTheRfcIsAnsweredAsThere() {
    request(good("GET /chat HTTP/1.1", "Host: server.example.com", "Origin: http://example.com"));
    assertThat(stage.text())
        .isEqualTo(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: "
                + ANSWER
                + "\r\n\r\n");
    assertThat(agreed)
        .isEqualTo(
            new HttpUpgrade(
                "websocket",
                "/chat",
                Map.of("origin", List.of("http://example.com")),
                Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Host: ::1", "Host: fe80::1%en0", "Host: ", "Host: a b", "X: no host at all"})
  void anyHostIsAccepted(String host) {
    request(good("GET / HTTP/1.1", host));
    assertThat(agreed).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host: ", "Host: a b", "X: no host at all", "Host: a\r\nHost: b"})
  void anOddHostIsRefusedWhereThatIsAskedFor(String host) {
    options.strictHost();
    request(good("GET / HTTP/1.1", host));
    assertThat(stage.text()).startsWith("HTTP/1.1 400 ");
  }

  @ParameterizedTest
  @CsvSource({"/any/path?q=1, /any/path?q=1", "ws://host:1/p, /p", "http://host, /"})
  void anyPathIsAccepted(String target, String path) {
    request(good("GET " + target + " HTTP/1.1"));
    assertThat(agreed.path()).isEqualTo(path);
  }

  @Test
  void theRequestMayBeCutAnywhereAndWhatFollowsItIsKept() {
    byte[] all =
        (String.join("\r\n", good("GET / HTTP/1.1")) + "\r\n\r\nframes")
            .getBytes(StandardCharsets.ISO_8859_1);
    int head = all.length - "frames".length();
    for (int cut = 1; cut < all.length; cut++) {
      agreed = null;
      begin();
      stage.arrive(java.util.Arrays.copyOf(all, cut));
      if (cut < head) {
        assertThat(agreed).isNull();
        stage.arrive(java.util.Arrays.copyOfRange(all, cut, all.length));
      }
      assertThat(agreed).isNotNull();
      String kept = new String(rest, StandardCharsets.ISO_8859_1);
      assertThat("frames").startsWith(kept);
      assertThat(cut < head ? "frames" : "frames".substring(0, cut - head)).isEqualTo(kept);
    }
  }

  @Test
  void theDearestSubprotocolThatIsOfferedIsAgreedOn() {
    options.subprotocols("earshot.v2", "earshot.v1");
    request(
        good(
            "GET / HTTP/1.1",
            "Sec-WebSocket-Protocol: chat, earshot.v1",
            "Sec-WebSocket-Protocol: earshot.v2"));
    assertThat(stage.text()).contains("Sec-WebSocket-Protocol: earshot.v2\r\n");
    assertThat(agreed.subprotocol()).contains("earshot.v2");
  }

  @Test
  void aPeerThatOffersNoSubprotocolOfOursIsServed() {
    options.subprotocols("earshot.v1");
    request(good("GET / HTTP/1.1", "Sec-WebSocket-Protocol: chat"));
    assertThat(stage.text()).doesNotContain("Sec-WebSocket-Protocol");
    assertThat(agreed.subprotocol()).isEmpty();
  }

  @Test
  void extensionsAreIgnored() {
    request(good("GET / HTTP/1.1", "Sec-WebSocket-Extensions: permessage-deflate"));
    assertThat(stage.text()).doesNotContain("Extensions");
    assertThat(agreed).isNotNull();
  }

  @Test
  void aTokenOfTheOptionsBecomesAStreamOfBytes() {
    request(
        "GET /file HTTP/1.1",
        "Connection: keep-alive, upgrade",
        "Upgrade: Earshot-Stream",
        "Id: 7");
    assertThat(stage.text())
        .isEqualTo(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: earshot-stream\r\n"
                + "Connection: Upgrade\r\n\r\n");
    assertThat(agreed.protocol()).isEqualTo("earshot-stream");
    assertThat(agreed.header("id")).contains("7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST / HTTP/1.1|405",
        "get / HTTP/1.1|405",
        "GET / HTTP/1.0|400",
        "GET / HTTP/2.0|400",
        "GET  / HTTP/1.1|400",
        "GET * HTTP/1.1|400",
        "GET / HTTP/1.1 x|400",
      })
  void anotherRequestLineIsRefused(String line, int status) {
    request(good(line));
    assertThat(stage.text()).startsWith("HTTP/1.1 " + status + " ");
    assertRefused(Reason.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A: \0",
        "A: b\u0001",
        "A: b\nC: d",
        "A: b\rC",
        "A : b",
        ": b",
        "no colon",
        " folded",
        "A: \u007f",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: a b"
      })
  void aMalformedFieldIsRefused(String field) {
    request(good("GET / HTTP/1.1", field));
    assertThat(stage.text()).startsWith("HTTP/1.1 400 ");
    assertRefused(Reason.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "dGhlIHNhbXBsZQ==", "dGhlIHNhbXBsZSBub25jZS4uLi4=", "!!!!"})
  void aKeyThatIsNot16BytesIsRefused(String key) {
    request(
        "GET / HTTP/1.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: " + key);
    assertThat(stage.text()).startsWith("HTTP/1.1 400 ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Upgrade: WebSocket|Connection: UPGRADE",
        "UPGRADE: h2c, websocket|connection: keep-alive , Upgrade",
        "Upgrade: h2c~Upgrade: websocket|Connection: keep-alive~Connection: upgrade",
      })
  void namesAndTokensAreFoundInAnyCaseAndInAnyList(String upgrade, String connection) {
    request(
        "GET / HTTP/1.1",
        upgrade.replace("~", "\r\n"),
        connection.replace("~", "\r\n"),
        "SEC-WEBSOCKET-VERSION: 13",
        "sec-websocket-key: " + KEY);
    assertThat(stage.text()).startsWith("HTTP/1.1 101 ").contains(ANSWER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "14", "13, 8", "", "x", "13\r\nSec-WebSocket-Version: 8"})
  void anotherVersionIsToldOurs(String version) {
    request(
        "GET / HTTP/1.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: " + version,
        "Sec-WebSocket-Key: " + KEY);
    assertThat(stage.text())
        .startsWith("HTTP/1.1 426 ")
        .contains("\r\nSec-WebSocket-Version: 13\r\n");
  }

  @Test
  void anOrdinaryRequestIsToldToUpgrade() {
    request("GET / HTTP/1.1", "Host: here");
    assertThat(stage.text()).startsWith("HTTP/1.1 426 ").contains("\r\nUpgrade: websocket\r\n");
    assertRefused(Reason.PROTOCOL_ERROR);
  }

  /** Lines that end with a line feed alone are not taken for lines: nobody else may read others. */
  @Test
  void lineFeedsAloneEndNothing() {
    begin();
    stage.arrive(String.join("\n", good("GET / HTTP/1.1")) + "\n\n");
    assertThat(stage.text()).isEmpty();
    stage.arrive("\r\n\r\n");
    assertThat(stage.text()).startsWith("HTTP/1.1 400 ");
    assertRefused(Reason.PROTOCOL_ERROR);
  }

  @Test
  void aRequestThatIsTooLongIsRefusedBeforeItEnds() {
    options.maximumHandshakeSize(512);
    begin();
    stage.arrive("GET / HTTP/1.1\r\n" + "X: " + "y".repeat(600));
    assertThat(stage.text()).startsWith("HTTP/1.1 431 ");
    assertRefused(Reason.PROTOCOL_ERROR);
  }

  /** RFC 9110, section 15.5.9. */
  @ParameterizedTest
  @ValueSource(strings = {"", "G", "GET / HTTP/1.1\r\nHost: here\r\n"})
  void aRequestThatIsNotCompleteInTimeIsToldSo(String soFar) {
    begin();
    if (!soFar.isEmpty()) {
      stage.arrive(soFar);
    }
    upgrade.timedOut();
    assertThat(stage.text())
        .startsWith("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n")
        .contains("\r\n\r\n");
    assertRefused(Reason.PROTOCOL_ERROR);
  }

  @Test
  void somethingElseThanHttpIsRefusedAtItsFirstByte() {
    begin();
    stage.arrive("S");
    assertThat(stage.text()).startsWith("HTTP/1.1 405 ");
    assertRefused(Reason.PROTOCOL_ERROR);
  }

  @Test
  void tlsIsNamed() {
    begin();
    stage.arrive(new byte[] {0x16});
    assertRefused(Reason.TLS_PEER);
  }

  @Test
  void anEndBeforeTheRequestIsAFailure() {
    begin();
    stage.arrive("GET / HT");
    stage.end();
    assertThat(stage.calls).containsExactly("leave");
    assertThat(((HandshakeException) failure).reason()).isEqualTo(Reason.CLOSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1 x", "POST / HTTP/1.1", "GET / HTTP/1.0"})
  void whatIsRefusedIsAWholeResponse(String line) {
    request(good(line));
    String head = stage.text().substring(0, stage.text().indexOf("\r\n\r\n"));
    String body = stage.text().substring(head.length() + 4);
    assertThat(head).contains("\r\nContent-Length: " + body.length()).contains("close");
  }

  private void assertRefused(Reason reason) {
    assertThat(agreed).isNull();
    assertThat(stage.calls).containsExactly("leave");
    assertThat(failure)
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
