package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HttpUpgrade;
import dev.earshot.testing.Amplification;
import dev.earshot.testing.Fuzzing;
import dev.earshot.testing.PeerBytes;
import dev.earshot.transport.netty.ServerUpgradeFuzz.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer to our request for an upgrade, from anybody: agreed only to what was asked for.
 *
 * <p>The first byte says how to cut, the second what was asked for; {@code $} stands for the answer
 * to our key, which no peer could know before.
 */
public final class ClientUpgradeFuzz {
  private static final int LIMIT = 2_000;
  private static final int FACTOR = 400;
  private static final int BASE = 1 << 20; // code that is linked while we count
  private static final MaskKeys KEYS = new MaskKeys();

  private ClientUpgradeFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    PeerBytes bytes = new PeerBytes(input);
    int cut = bytes.octet();
    ClientUpgrade.Request request = request(bytes.octet());
    byte[] response = bytes.rest();
    Amplification.bounded(response.length, FACTOR, BASE, () -> offer(response, 0, request));
    Outcome expected = offer(response, 0, request);
    Outcome actual = offer(response, 1 + cut, request);
    assertThat(verdict(actual)).isEqualTo(verdict(expected));
    assertThat(expected.calls).isEqualTo(1);
    if (expected.agreed != null) {
      assertThat(expected.agreed.protocol()).isEqualTo(request.upgrade().protocol());
      assertThat(expected.agreed.path()).isEqualTo("/path");
      expected
          .agreed
          .subprotocol()
          .ifPresent(agreed -> assertThat(request.subprotocols()).contains(agreed));
    } else {
      assertThat(expected.failure.getMessage()).matches("[ -~]+").hasSizeLessThan(LIMIT);
    }
  }

  /** Without what answers the key, another one each time, wherever that was put. */
  private static String verdict(Outcome outcome) {
    return outcome.text().replaceFirst(" it answered '.*", "").replaceAll("[\\w+/]{27}=", "\\$");
  }

  private static ClientUpgrade.Request request(int choice) {
    String protocol = (choice & 1) != 0 ? "earshot-stream" : "websocket";
    List<String> subprotocols = (choice & 2) != 0 ? List.of("chat", "superchat") : List.of();
    HttpUpgrade upgrade = new HttpUpgrade(protocol, "/path", Map.of(), Optional.empty());
    return new ClientUpgrade.Request(upgrade, subprotocols, "host:1", LIMIT);
  }

  private static Outcome offer(byte[] response, int piece, ClientUpgrade.Request request) {
    ScriptedStage stage = new ScriptedStage();
    Outcome outcome = new Outcome();
    new ClientUpgrade(stage, request, "a server", outcome).begin(KEYS);
    byte[] bytes = answered(response, stage.text());
    Pieces.feed(bytes, piece, stage, () -> outcome.calls > 0);
    if (outcome.calls == 0) {
      stage.end();
    }
    return outcome;
  }

  private static byte[] answered(byte[] response, String request) {
    String text = new String(response, StandardCharsets.ISO_8859_1);
    int at = request.indexOf("Key: ");
    String answer = at < 0 ? "" : WebSocketKeys.answer(request.substring(at + 5, at + 29));
    return text.replace("$", answer).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** What honest servers send, and some who are not. */
  static List<byte[]> seeds() {
    String line = "HTTP/1.1 101 Switching Protocols";
    String accept = "Sec-WebSocket-Accept: $";
    return List.of(
        Fuzzing.text("\0\0" + line, "Upgrade: websocket", "Connection: Upgrade", accept, "", ""),
        Fuzzing.text(
            "\5\2" + line,
            "upgrade: WebSocket",
            "connection: upgrade",
            accept,
            "Sec-WebSocket-Protocol: superchat",
            "",
            "rest"),
        Fuzzing.text("\1\1" + line, "Upgrade: earshot-stream", "Connection: Upgrade", "", "bytes"),
        Fuzzing.text("\0\0HTTP/1.1 404 Not Found", "Content-Length: 3", "", "no\n"),
        Fuzzing.text(
            "\0\0" + line,
            "Upgrade: websocket",
            "Connection: Upgrade",
            accept,
            "Sec-WebSocket-Extensions: permessage-deflate",
            "",
            ""),
        Fuzzing.text("\0\0\25\3\3\0\2\2\106"));
  }
}
