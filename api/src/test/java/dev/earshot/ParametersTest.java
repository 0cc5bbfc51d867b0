package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ParametersTest {
  private static final NetworkLink LINK = new NetworkLink("eth0", 2, LinkType.WIRED);

  @Test
  void theDefaultsAreThoseThatAreDocumented() {
    Parameters defaults = Parameters.webSocket().build();
    assertThat(defaults.protocol()).isInstanceOf(Protocol.WebSocket.class);
    assertThat(defaults.security()).isEqualTo(Security.none());
    assertThat(defaults.requiredLink()).isEmpty();
    assertThat(defaults.prohibitedLinkTypes()).isEmpty();
    assertThat(defaults.includePeerToPeer()).isFalse();
    assertThat(defaults.localAddress()).isEmpty();
    assertThat(defaults.localPort()).isZero();
    assertThat(defaults.handshakeTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(defaults.establishmentTimeout()).isEmpty();
    assertThat(defaults.viabilityPatience()).isZero();
    assertThat(defaults.sendBudget()).isEqualTo(1 << 20);
    assertThat(defaults.sendLimit()).isEqualTo(16 << 20);
    assertThat(defaults.receiveBuffer()).isEqualTo(64 << 10);
    assertThat(defaults.maximumHandshakes()).isEqualTo(64);
    assertThat(defaults.maximumHandshakesPerAddress()).isEqualTo(8);
  }

  @Test
  void aBuilderThatBeginsWithParametersLosesNoneOfThem() {
    Parameters given =
        Parameters.tcp(HttpUpgrade.to("echo"))
            .tcp(TcpOptions.builder().delay().build())
            .security(Security.psk(PreSharedKey.random("id")))
            .requireLink(LINK)
            .prohibitLinks(LinkType.CELLULAR, LinkType.OTHER)
            .includePeerToPeer()
            .localAddress(InetAddress.getLoopbackAddress())
            .localPort(4242)
            .handshakeTimeout(Duration.ofSeconds(1))
            .establishmentTimeout(Duration.ofSeconds(2))
            .viabilityPatience(Duration.ofSeconds(3))
            .sendBudget(3)
            .sendLimit(4)
            .receiveBuffer(5)
            .maximumHandshakes(7, 6)
            .build();
    assertThat(given.toBuilder().build()).usingRecursiveComparison().isEqualTo(given);
    assertThat(given).usingRecursiveComparison().isNotEqualTo(Parameters.tcp().build());
  }

  @Test
  void parametersDoNotChangeWithTheirBuilder() {
    Parameters.Builder builder = Parameters.tcp().prohibitLinks(LinkType.WIFI);
    Parameters built = builder.build();
    builder.prohibitLinks(LinkType.WIRED).localPort(9);
    assertThat(built.prohibitedLinkTypes()).containsExactly(LinkType.WIFI);
    assertThat(built.localPort()).isZero();
  }

  @Test
  void theSendBudgetNeverExceedsTheSendLimit() {
    Parameters raised = Parameters.tcp().sendBudget(32 << 20).build();
    assertThat(raised.sendLimit()).isEqualTo(32 << 20);
    Parameters lowered = Parameters.tcp().sendLimit(10).build();
    assertThat(lowered.sendBudget()).isEqualTo(10);
  }

  @Test
  void whatIsOutOfBoundsIsNamedWithItsValue() {
    Parameters.Builder builder = Parameters.tcp();
    assertRefused(() -> builder.localPort(-1), "localPort -1");
    assertRefused(() -> builder.localPort(65_536), "localPort 65536");
    assertRefused(() -> builder.sendBudget(0), "sendBudget 0");
    assertRefused(() -> builder.sendLimit(0), "sendLimit 0");
    assertRefused(() -> builder.receiveBuffer(-5), "receiveBuffer -5");
    assertRefused(() -> builder.maximumHandshakes(0, 1), "total 0");
    assertRefused(() -> builder.maximumHandshakes(1, 0), "perAddress 0");
    assertRefused(() -> builder.handshakeTimeout(Duration.ZERO), "handshakeTimeout PT0S");
    assertRefused(
        () -> builder.handshakeTimeout(Duration.ofSeconds(Long.MAX_VALUE)), "longer than a year");
    assertRefused(
        () -> builder.establishmentTimeout(Duration.ofMillis(-1)),
        "establishmentTimeout PT-0.001S");
    assertRefused(
        () -> builder.viabilityPatience(Duration.ofMillis(-1)), "viabilityPatience PT-0.001S");
  }

  @Test
  void webSocketKeepsBoundariesAndTcpDoesNot() {
    assertThat(Parameters.webSocket().build().protocol().isMessageBased()).isTrue();
    assertThat(Parameters.tcp().build().protocol().isMessageBased()).isFalse();
    assertThat(Parameters.tcp(HttpUpgrade.to("echo")).build().protocol().isMessageBased())
        .isFalse();
  }

  @Test
  void datagramsAreSentWithBestEffortAndEverythingElseArrives() {
    assertThat(Parameters.udp().build().sendMode()).isEqualTo(SendMode.BEST_EFFORT);
    assertThat(Parameters.tcp().build().sendMode()).isEqualTo(SendMode.RELIABLE);
    assertThat(Parameters.webSocket().build().sendMode()).isEqualTo(SendMode.RELIABLE);
  }

  private static void assertRefused(Runnable call, String words) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }
}
