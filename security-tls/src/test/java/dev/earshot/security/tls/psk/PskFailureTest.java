package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.PreSharedKey;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What each side is told when a handshake comes to nothing. */
class PskFailureTest {
  private static final byte[] OTHER_KEY = "fedcba9876543210".getBytes(StandardCharsets.UTF_8);

  @Test
  void differentKeysAreAWrongKeyOnBothSides() {
    EnginePair pair =
        EnginePair.ofKeys(EnginePair.key("kitchen"), PreSharedKey.of("kitchen", OTHER_KEY))
            .exchange();

    assertFailed(pair.client, Reason.WRONG_KEY, "TLS with the server", "'kitchen'", "is not ours");
    assertFailed(pair.server, Reason.WRONG_KEY, "TLS with the client", "'kitchen'", "is not ours");
  }

  @Test
  void anIdentityThatTheServerLacksIsUnknownOnBothSides() {
    EnginePair pair =
        EnginePair.ofKeys(EnginePair.key("bath"), EnginePair.key("kitchen")).exchange();

    assertFailed(pair.client, Reason.UNKNOWN_IDENTITY, "no key for our identity 'bath'");
    assertFailed(pair.server, Reason.UNKNOWN_IDENTITY, "the peer's identity 'bath'");
  }

  @Test
  void aServerNamesAPeerThatSpeaksHttp() {
    EnginePair pair = EnginePair.plain();
    pair.server.arrive("GET / HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII));

    assertThat(pair.server.takeOutput()).containsExactly(21, 3, 3, 0, 2, 2, 10);
    assertFailed(pair.server, Reason.PLAINTEXT_PEER, "an HTTP request");
  }

  @Test
  void aClientNamesAServerThatAnswersInText() {
    EnginePair pair = EnginePair.plain();
    pair.client.begin();
    pair.client.takeOutput();
    pair.client.arrive("what do you want?\n".getBytes(StandardCharsets.US_ASCII));

    assertFailed(pair.client, Reason.PLAINTEXT_PEER, "text");
  }

  private static void assertFailed(EngineSide side, Reason reason, String... words) {
    assertThat(side.thrown).isNotNull();
    NetworkException told = side.stream.explain(new java.io.IOException("wrapped", side.thrown));
    assertThat(told)
        .asInstanceOf(type(HandshakeException.class))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(told.getMessage()).contains(words).doesNotContain("0123456789abcdef");
    assertThat(side.engine.isInboundDone()).isTrue();
    side.takeOutput();
    assertThat(side.engine.isOutboundDone()).isTrue();
  }
}
