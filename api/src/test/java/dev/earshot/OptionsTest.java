package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of TCP and WebSocket, and the upgrade. */
class OptionsTest {
  @Test
  void aRequiredLinkOfAProhibitedKindIsRefused() {
    NetworkLink cellular = new NetworkLink("wwan0", 3, LinkType.CELLULAR);
    assertThatThrownBy(
            () ->
                Parameters.tcp()
                    .requireLink(cellular)
                    .prohibitLinks(LinkType.CELLULAR, LinkType.WIFI)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wwan0")
        .hasMessageContaining("CELLULAR");
  }

  @Test
  void whatIsPrintedHoldsNoSecrets() {
    WebSocketOptions options =
        WebSocketOptions.builder()
            .path("/chat")
            .additionalHeader("Authorization", "Bearer x1y2")
            .build();
    Parameters parameters =
        Parameters.webSocket(options)
            .security(Security.psk(PreSharedKey.random("kitchen")))
            .localPort(4242)
            .build();
    assertThat(parameters.toString())
        .contains("/chat", "Authorization", "Psk", "4242", "noDelay")
        .doesNotContain("x1y2");
    assertThat(new SecurityMetadata("TLSv1.2", "SUITE", Optional.of(Payload.utf8("kit\nchen"))))
        .hasToString("SecurityMetadata[TLSv1.2, SUITE, identity 'kit\\x0Achen']");
  }

  @Test
  void theDefaultsOfTcpSuitALocalNetwork() {
    assertThat(TcpOptions.DEFAULT.noDelay()).isTrue();
    assertThat(TcpOptions.DEFAULT.keepAlive())
        .contains(new TcpOptions.KeepAlive(Duration.ofSeconds(2), Duration.ofSeconds(5), 3));
    assertThat(TcpOptions.DEFAULT.dropTime()).contains(Duration.ofSeconds(30));
  }

  @Test
  void eachOptionOfTcpCanBeSetOrLeftToTheSystem() {
    TcpOptions options = TcpOptions.builder().delay().withoutKeepAlive().withoutDropTime().build();
    assertThat(options.noDelay()).isFalse();
    assertThat(options.keepAlive()).isEmpty();
    assertThat(options.dropTime()).isEmpty();
  }

  @Test
  void keepAliveIsWithinWhatASystemTakes() {
    Duration second = Duration.ofSeconds(1);
    Duration most = Duration.ofSeconds(32_767);
    assertThat(new TcpOptions.KeepAlive(most, most, 127).count()).isEqualTo(127);
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new TcpOptions.KeepAlive(Duration.ofMillis(999), second, 1),
            () -> new TcpOptions.KeepAlive(second, Duration.ZERO, 1),
            () -> new TcpOptions.KeepAlive(second, second, 0),
            () -> new TcpOptions.KeepAlive(most.plusSeconds(1), second, 1),
            () -> new TcpOptions.KeepAlive(second, Duration.ofDays(365_000), 1),
            () -> new TcpOptions.KeepAlive(second, second, 128))) {
      assertThatThrownBy(wrong::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("keep-alive of");
    }
  }

  @Test
  void aDropTimeIsWithinWhatASystemTakes() {
    for (Duration wrong :
        List.of(
            Duration.ZERO, Duration.ofNanos(999_999), Duration.ofDays(25), Duration.ofMillis(-1))) {
      assertThatThrownBy(() -> TcpOptions.builder().dropTime(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("dropTime");
    }
  }

  @Test
  void theLimitsOfWebSocketAreFiniteByDefault() {
    WebSocketOptions defaults = WebSocketOptions.DEFAULT;
    assertThat(defaults.path()).isEqualTo("/");
    assertThat(defaults.subprotocols()).isEmpty();
    assertThat(defaults.additionalHeaders()).isEmpty();
    assertThat(defaults.byteStreamUpgrades()).isEmpty();
    assertThat(defaults.maximumMessageSize()).isEqualTo(16 << 20);
    assertThat(defaults.maximumFragments()).isEqualTo(262_144);
    assertThat(defaults.maximumHandshakeSize()).isEqualTo(16 << 10);
    assertThat(defaults.strictHost()).isFalse();
    assertThat(defaults.requestHandler()).isEmpty();
  }

  @Test
  void aResponseIsAnAgreementOrARefusalWithAStatus() {
    UpgradeResponse accepted =
        UpgradeResponse.accept().withSubprotocol("chat").withHeader("X-A", "1");
    assertThat(accepted.withHeader("x-a", "2").headers())
        .containsExactly(Map.entry("X-A", List.of("1", "2")));
    assertThat(accepted.headers()).containsExactly(Map.entry("X-A", List.of("1")));
    assertThat(accepted.isAccepted()).isTrue();
    assertThat(accepted.status()).isEqualTo(101);
    assertThat(accepted.subprotocol()).contains("chat");
    UpgradeResponse refused = UpgradeResponse.refuse(404).withHeader("X-Token", "secret");
    assertThat(refused.isAccepted()).isFalse();
    assertThat(refused).hasToString("UpgradeResponse[404]");
    assertThatThrownBy(() -> refused.withSubprotocol("chat"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("404");
    for (int status : new int[] {101, 200, 299, 600, -1}) {
      assertRefused(() -> UpgradeResponse.refuse(status));
    }
    assertRefused(() -> accepted.withHeader("Connection", "close"));
    assertRefused(() -> accepted.withHeader("X-A", "a\r\nX-B: c"));
    assertRefused(() -> accepted.withSubprotocol("a b"));
  }

  @Test
  void aRequestHandlerHasADeadline() {
    RequestHandler handler = RequestHandler.of(request -> null, Runnable::run);
    assertThat(handler.deadline()).isEqualTo(Duration.ofSeconds(8));
    assertThat(handler.within(Duration.ofSeconds(2)).deadline()).isEqualTo(Duration.ofSeconds(2));
    assertRefused(() -> handler.within(Duration.ZERO));
    WebSocketOptions options = WebSocketOptions.builder().requestHandler(handler).build();
    assertThat(options.requestHandler()).contains(handler);
  }

  @Test
  void aRequestDoesNotShowItsHeadersAsText() {
    UpgradeRequest request =
        new UpgradeRequest(
            Endpoint.hostPort("192.0.2.1", 5),
            "websocket",
            "/room",
            Map.of("Authorization", List.of("secret")),
            List.of("chat"),
            Optional.empty());
    assertThat(request.header("AUTHORIZATION")).contains("secret");
    assertThat(request.header("cookie")).isEmpty();
    assertThat(request).hasToString("UpgradeRequest[websocket at /room, from 192.0.2.1:5]");
  }

  @Test
  void aRefusalOfThePeersIsInTheException() {
    HttpRefusal refusal = new HttpRefusal(302, Map.of("Location", List.of("/there")));
    HandshakeException exception = new HandshakeException(refusal, "upgrading: 302");
    assertThat(exception.reason()).isEqualTo(HandshakeException.Reason.UPGRADE_REFUSED);
    assertThat(exception.refusal()).contains(refusal);
    assertThat(refusal.header("location")).contains("/there");
    HandshakeException other =
        new HandshakeException(HandshakeException.Reason.CLOSED, "upgrading: closed");
    assertThat(other.refusal()).isEmpty();
  }

  @Test
  void headersOfOneNameAreKeptTogetherWhateverTheirCase() {
    WebSocketOptions options =
        WebSocketOptions.builder()
            .additionalHeader("X-A", "1")
            .additionalHeader("x-a", "2")
            .build();
    assertThat(options.additionalHeaders()).containsExactly(Map.entry("X-A", List.of("1", "2")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "ä", "a\r\nb", "(a)"})
  void whatIsNoTokenIsNoHeaderNameNorSubprotocolNorUpgrade(String text) {
    WebSocketOptions.Builder builder = WebSocketOptions.builder();
    assertRefused(() -> builder.additionalHeader(text, "v"));
    assertRefused(() -> builder.subprotocols("ok", text));
    assertRefused(() -> builder.byteStreamUpgrade(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "HOST",
        "Upgrade",
        "connection",
        "Content-Length",
        "Transfer-Encoding",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Extensions"
      })
  void headersOfTheHandshakeItselfAreNotForAProgram(String name) {
    assertRefused(() -> WebSocketOptions.builder().additionalHeader(name, "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX: y", "a\u0000", "ä", "\u007F"})
  void aHeaderValueCannotBecomeAnotherHeader(String value) {
    assertRefused(() -> WebSocketOptions.builder().additionalHeader("X-A", value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "chat", "/a b", "/a\r\nX: y", "/ä"})
  void aPathIsARequestTarget(String path) {
    assertRefused(() -> WebSocketOptions.builder().path(path));
  }

  @Test
  void limitsHaveALowest() {
    WebSocketOptions.Builder builder = WebSocketOptions.builder();
    assertRefused(() -> builder.maximumMessageSize(0));
    assertRefused(() -> builder.maximumFragments(0));
    assertRefused(() -> builder.maximumHandshakeSize(511));
  }

  @Test
  void anUpgradesHeadersAreFoundInAnyCaseAndDoNotChange() {
    HttpUpgrade upgrade = HttpUpgrade.to("echo").withHeader("X-Token", "7");
    assertThat(upgrade.header("x-token")).contains("7");
    assertThat(upgrade.header("X-TOKEN")).contains("7");
    assertThat(upgrade.header("other")).isEmpty();
    assertThat(upgrade.withHeader("x-TOKEN", "8").headers())
        .containsExactly(Map.entry("x-token", List.of("8")));
    assertThatThrownBy(() -> upgrade.headers().put("a", List.of()))
        .isInstanceOf(UnsupportedOperationException.class);
    assertRefused(() -> new HttpUpgrade("echo", "no-slash", Map.of(), Optional.empty()));
  }

  private static void assertRefused(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class);
  }
}
