package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuicOptionsTest {
  private static final Security.Pki PKI = Security.pki(TrustEvaluator.system());

  @Test
  void defaultsAreThoseOfApple() {
    QuicOptions options = QuicOptions.builder("x").build();
    assertThat(options.applicationProtocols()).containsExactly("x");
    assertThat(options.idleTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(options.keepAlive()).isEmpty();
    assertThat(options.datagrams()).isFalse();
    assertThat(options.maximumDatagramSize()).isZero();
    assertThat(options.maximumUdpPayload()).isEmpty();
    assertThat(options.maximumStreams()).isEqualTo(100);
    assertThat(options.streamWindow()).isEqualTo(1 << 20);
    assertThat(options.groupWindow()).isEqualTo(8 << 20);
  }

  @Test
  void theNamesOfWhatIsSpokenAreChecked() {
    assertThatIllegalArgumentException().isThrownBy(QuicOptions::builder);
    assertThatIllegalArgumentException().isThrownBy(() -> QuicOptions.builder("x", ""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuicOptions.builder("x".repeat(256)))
        .withMessageContaining("256 bytes");
    assertThat(QuicOptions.builder("ü".repeat(127)).build().applicationProtocols()).hasSize(1);
  }

  @Test
  void windowsFollowEachOther() {
    QuicOptions raised = QuicOptions.builder("x").streamWindow(16 << 20).build();
    assertThat(raised.groupWindow()).isEqualTo(16 << 20);
    QuicOptions lowered = QuicOptions.builder("x").groupWindow(1 << 16).build();
    assertThat(lowered.streamWindow()).isEqualTo(1 << 16);
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    QuicOptions.Builder builder = QuicOptions.builder("x");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.idleTimeout(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.keepAlive(Duration.ofNanos(999_999)));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.streamWindow(4_095));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.groupWindow(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumStreams(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumUdpPayload(1_199));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumUdpPayload(65_508));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.datagrams(255));
  }

  @Test
  void quicWithoutProtectionIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Parameters.quic("x").build())
        .withMessageContaining("always protected")
        .withMessageContaining("Security.pki");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Parameters.tcp()
                    .protocol(new Protocol.Quic(QuicOptions.builder("x").build()))
                    .build());
  }

  @Test
  void quicWithAPreSharedKeyIsRefusedWithTheWayOut() {
    PreSharedKey key = PreSharedKey.of("den", new byte[32]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Parameters.quic("x").security(Security.psk(key)).build())
        .withMessageContaining("only certificates")
        .withMessageContaining("Security.pki")
        .withMessageContaining("webSocket()");
  }

  @Test
  void quicHasNoOptionsOfTcp() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Parameters.quic("x")
                    .security(PKI)
                    .tcp(TcpOptions.builder().dropTime(Duration.ofSeconds(1)).build())
                    .build())
        .withMessageContaining("QUIC has no");
  }

  @Test
  void quicIsAdvertisedAsUdp() {
    Parameters parameters = Parameters.quic("x", "y").security(PKI).build();
    assertThat(parameters.protocol().serviceTransport()).isEqualTo(ServiceType.Transport.UDP);
    assertThat(parameters.protocol().isMessageBased()).isFalse();
    assertThat(parameters.toString()).contains("QUIC [x, y]");
  }
}
