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
    assertThat(defaults.maximumFragments()).isEqualTo(4_096);
    assertThat(defaults.maximumHandshakeSize()).isEqualTo(16 << 10);
    assertThat(defaults.strictHost()).isFalse();
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
