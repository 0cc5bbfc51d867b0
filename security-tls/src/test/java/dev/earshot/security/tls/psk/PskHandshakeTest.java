package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Payload;
import dev.earshot.Security;
import dev.earshot.SecurityMetadata;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PskHandshakeTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @EnumSource
  void bothSidesSayWhatWasSettled(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();

    SecurityMetadata settled =
        new SecurityMetadata("TLSv1.2", suite.name(), Optional.of(Payload.utf8("kitchen")));
    assertThat(pair.client.stream.metadata()).isEqualTo(settled);
    assertThat(pair.server.stream.metadata()).isEqualTo(settled);
    assertThat(pair.client.engine.getSession().getCipherSuite()).isEqualTo(suite.name());
    assertThat(pair.server.engine.getSession().getProtocol()).isEqualTo("TLSv1.2");
  }

  @ParameterizedTest
  @EnumSource
  void eachSideFinishesOnceAndBothTalk(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();

    assertThat(pair.client.finished).isEqualTo(1);
    assertThat(pair.server.finished).isEqualTo(1);
    pair.client.send(HELLO);
    pair.server.send(new byte[100_000]);
    pair.exchange();
    assertThat(pair.server.received.toByteArray()).isEqualTo(HELLO);
    assertThat(pair.client.received.toByteArray()).isEqualTo(new byte[100_000]);
  }

  @Test
  void theDearestSuiteIsAgreedOn() {
    EnginePair pair = EnginePair.plain().exchange();

    assertThat(pair.client.stream.metadata().cipherSuite())
        .isEqualTo("TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256");
  }

  @Test
  void requiredForwardSecrecyLeavesThePlainSuiteOut() {
    Security.Psk strict = Security.psk(EnginePair.key("kitchen")).requireForwardSecrecy();
    EnginePair pair = new EnginePair(strict, strict);

    assertThat(pair.client.engine.getEnabledCipherSuites())
        .containsExactly(
            "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256");
  }
}
