package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.WebSocketOptions;
import dev.earshot.spi.Loop;
import dev.earshot.testing.Amplification;
import dev.earshot.testing.Fuzzing;
import dev.earshot.testing.PeerBytes;
import dev.earshot.testing.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A request for an upgrade, from anybody: agreed once or refused once, with an HTTP answer either
 * way, in the same way however it is cut, and never with a line break of the peer's in the answer.
 *
 * <p>The first byte says how to cut, the second which options there are.
 */
public final class ServerUpgradeFuzz {
  private static final int LIMIT = 2_000;
  private static final int FACTOR = 400; // a field of three bytes is a list in a map
  private static final int BASE = 1 << 20; // code that is linked while we count

  private static final Endpoint FROM = Endpoint.hostPort("192.0.2.1", 5);
  private static final Loop LOOP = new VirtualTime().loop("a loop");

  private ServerUpgradeFuzz() {}

  /** What came of one request. */
  static final class Outcome implements UpgradeOutcome {
    HttpUpgrade agreed;
    byte[] rest;
    NetworkException failure;
    int calls;

    @Override
    public void agreed(HttpUpgrade upgrade, byte[] remaining) {
      agreed = upgrade;
      rest = remaining;
      calls++;
    }

    @Override
    public void failed(NetworkException cause) {
      failure = cause;
      calls++;
    }

    String text() {
      return agreed + "|" + (failure == null ? "" : failure.getMessage());
    }
  }

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    PeerBytes bytes = new PeerBytes(input);
    int cut = bytes.octet();
    WebSocketOptions options = options(bytes.octet());
    byte[] request = bytes.rest();
    Amplification.bounded(request.length, FACTOR, BASE, () -> offer(request, 0, options));
    ScriptedStage whole = new ScriptedStage();
    Outcome expected = offer(request, 0, options, whole);
    ScriptedStage pieces = new ScriptedStage();
    Outcome actual = offer(request, 1 + cut, options, pieces);
    assertThat(actual.text()).isEqualTo(expected.text());
    assertThat(pieces.text()).isEqualTo(whole.text());
    check(expected, whole, request);
  }

  private static WebSocketOptions options(int choice) {
    WebSocketOptions.Builder options = WebSocketOptions.builder().maximumHandshakeSize(LIMIT);
    if ((choice & 1) != 0) {
      options.strictHost();
    }
    if ((choice & 2) != 0) {
      options.subprotocols("chat", "superchat");
    }
    if ((choice & 4) != 0) {
      options.byteStreamUpgrade("earshot-stream");
    }
    return options.build();
  }

  private static Outcome offer(byte[] request, int piece, WebSocketOptions options) {
    return offer(request, piece, options, new ScriptedStage());
  }

  /** In pieces of {@code piece} bytes, or all at once if that is 0. */
  private static Outcome offer(
      byte[] request, int piece, WebSocketOptions options, ScriptedStage stage) {
    Outcome outcome = new Outcome();
    ServerUpgrade.Meeting meeting =
        new ServerUpgrade.Meeting(options, FROM, Optional.empty(), LOOP);
    new ServerUpgrade(stage, meeting, outcome).begin();
    int at = Pieces.feed(request, piece, stage, () -> outcome.calls > 0);
    if (outcome.calls == 0) {
      stage.end();
    } else if (outcome.agreed != null) {
      outcome.rest = Pieces.joined(outcome.rest, request, at);
    }
    return outcome;
  }

  private static void check(Outcome outcome, ScriptedStage stage, byte[] request) {
    assertThat(outcome.calls).isEqualTo(1);
    String answer = stage.text();
    assertThat(answer.length()).isLessThan(LIMIT);
    if (outcome.agreed != null) {
      assertThat(answer).startsWith("HTTP/1.1 101 ").endsWith("\r\n\r\n");
      assertThat(answer.lines()).allMatch(line -> line.isEmpty() || isOurs(line));
      assertThat(outcome.agreed.path()).startsWith("/").matches("[!-~]+");
      assertThat(new String(request, StandardCharsets.ISO_8859_1)).startsWith("GET ");
      assertThat(request).endsWith(outcome.rest);
    } else if (!answer.isEmpty()) {
      assertThat(answer).startsWith("HTTP/1.1 4");
    }
    if (outcome.failure != null) {
      assertThat(outcome.failure.getMessage()).matches("[ -~]+");
    }
  }

  private static boolean isOurs(String line) {
    return line.matches(
        "HTTP/1\\.1 101 Switching Protocols|Upgrade: (websocket|earshot-stream)|Connection: Upgrade"
            + "|Sec-WebSocket-Accept: [A-Za-z0-9+/]{27}=|Sec-WebSocket-Protocol: (super)?chat");
  }

  /** What honest clients send, and some who are not. */
  static List<byte[]> seeds() {
    String key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    String upgrade = "Upgrade: websocket";
    String connection = "Connection: keep-alive, Upgrade";
    String version = "Sec-WebSocket-Version: 13";
    return List.of(
        Fuzzing.text("\0\0GET /chat HTTP/1.1", upgrade, connection, version, key, "", ""),
        Fuzzing.text(
            "\7\3GET http://host/a?b HTTP/1.1",
            "Host: host:1",
            upgrade,
            connection,
            version,
            key,
            "Sec-WebSocket-Protocol: other, superchat",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
            "",
            "rest"),
        Fuzzing.text(
            "\1\4GET / HTTP/1.1", "Upgrade: earshot-stream", "Connection: Upgrade", "", "bytes"),
        Fuzzing.text("\0\0POST / HTTP/1.1", "Content-Length: 7", "", "content"),
        Fuzzing.text("\0\0GET / HTTP/1.1", "Transfer-Encoding: chunked", " folded", "", ""),
        Fuzzing.text("\0\0\26\3\1\2\0\1\0\1\374\3\3"),
        Fuzzing.text("\0\0\r\n"));
  }
}
