package dev.earshot.security.tls.psk;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HandshakeException;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.SecurityMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PskHandshakeTest {
  /** Behind the headers of record and message, version and random. */
  private static final int SESSION_ID_LENGTH = 5 + 4 + 2 + 32;

  private static final int EXTENDED_MASTER_SECRET = 23;
  private static final int SESSION_TICKET = 35;
  private static final int PRE_SHARED_KEY = 41;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @EnumSource
  void bothSidesSayWhatWasSettled(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();

    String protocol = suite.isTls13() ? "TLSv1.3" : "TLSv1.2";
    SecurityMetadata settled =
        new SecurityMetadata(protocol, suite.name(), Optional.of(Payload.utf8("kitchen")));
    assertThat(pair.client.stream.metadata()).isEqualTo(settled);
    assertThat(pair.server.stream.metadata()).isEqualTo(settled);
    assertThat(pair.client.engine.getSession().getCipherSuite()).isEqualTo(suite.name());
    assertThat(pair.server.engine.getSession().getProtocol()).isEqualTo(protocol);
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

  /** Trap M26: a resumed session would pass by the key. */
  @Test
  void nothingIsOfferedThatCouldBeResumed() {
    EnginePair pair = EnginePair.plain();
    pair.client.begin();
    byte[] clientHello = pair.client.takeOutput();
    pair.server.arrive(clientHello);
    byte[] serverHello = pair.server.takeOutput();

    assertThat(clientHello[SESSION_ID_LENGTH]).isZero();
    assertThat(serverHello[SESSION_ID_LENGTH]).isZero();
    int suitesEnd = SESSION_ID_LENGTH + 3 + clientHello[SESSION_ID_LENGTH + 2];
    assertThat(clientHello[suitesEnd]).as("one compression method: none").isEqualTo((byte) 1);
    assertThat(clientHello[suitesEnd + 1]).isZero();
    assertThat(extensions(clientHello, suitesEnd + 2))
        .contains(EXTENDED_MASTER_SECRET)
        .doesNotContain(SESSION_TICKET, PRE_SHARED_KEY, SUPPORTED_VERSIONS);
    assertThat(extensions(serverHello, SESSION_ID_LENGTH + 4))
        .contains(EXTENDED_MASTER_SECRET)
        .doesNotContain(SESSION_TICKET);
  }

  @Test
  void theClientOffersX25519FirstAndThenP256() {
    EnginePair pair = EnginePair.plain();
    pair.client.begin();
    String hello = HexFormat.of().formatHex(pair.client.takeOutput());

    assertThat(hello).contains("000a" + "0006" + "0004" + "001d" + "0017");
    assertThat(hello).contains("d001" + "ccac" + "00a8");
  }

  @Test
  void aKeyDestroyedDuringTheHandshakeIsNotUsed() {
    PreSharedKey key = EnginePair.key("kitchen");
    EnginePair pair = EnginePair.ofKeys(key, EnginePair.key("kitchen"));
    pair.client.begin();
    pair.server.arrive(pair.client.takeOutput());
    key.destroy();
    pair.exchange();

    assertThat(pair.client.finished + pair.server.finished).isZero();
    assertThat(pair.client.stream.explain(pair.client.thrown))
        .isInstanceOf(HandshakeException.class)
        .hasMessageContaining("has been destroyed");
  }

  @Test
  void manyKeysOnOneListenerAreToldApart() {
    PskSource keys =
        PskSource.of(
            EnginePair.key("bath"),
            PreSharedKey.of("kitchen", "another key, as long as needed".getBytes(US_ASCII)));
    for (String identity : new String[] {"bath", "kitchen"}) {
      PreSharedKey own =
          identity.equals("bath")
              ? EnginePair.key("bath")
              : PreSharedKey.of("kitchen", "another key, as long as needed".getBytes(US_ASCII));
      EnginePair pair = EnginePair.ofSources(PskSource.of(own), keys).exchange();

      assertThat(pair.server.stream.metadata().pskIdentity()).contains(Payload.utf8(identity));
    }
  }

  @Test
  void anIdentityIsAnyBytes() {
    Payload identity = Payload.copyOf(new byte[] {0, -1, 13, 10, 39, 92});
    PreSharedKey key = PreSharedKey.of(identity, EnginePair.KEY);
    EnginePair pair = EnginePair.ofKeys(key, key).exchange();

    assertThat(pair.server.stream.metadata().pskIdentity()).contains(identity);
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

  /** The types of a hello's extensions, whose list begins at {@code at}. */
  private static List<Integer> extensions(byte[] hello, int at) {
    ByteBuffer list =
        ByteBuffer.wrap(hello, at + 2, (hello[at] & 0xFF) << 8 | hello[at + 1] & 0xFF);
    List<Integer> types = new ArrayList<>();
    while (list.hasRemaining()) {
      types.add((int) list.getShort());
      list.position(list.position() + 2 + list.getShort(list.position()));
    }
    return types;
  }
}
