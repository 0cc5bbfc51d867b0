package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketKeysTest {

  /** RFC 6455, section 1.3. */
  @Test
  void theAnswerIsThePublishedOneEachTime() {
    for (int i = 0; i < 3; i++) {
      assertThat(WebSocketKeys.answer("dGhlIHNhbXBsZSBub25jZQ=="))
          .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
  }

  @Test
  void aChallengeOfOursIsOne() {
    MaskKeys random = new MaskKeys();
    for (int i = 0; i < 100; i++) {
      assertThat(WebSocketKeys.isChallenge(WebSocketKeys.challenge(random))).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "==",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQA=",
        "dGhlIHNhbXBsZSBub25jZQAA",
        "dGhlIHNhbXBsZSBub25jZQ== ",
        "dGhlIHNhbXBsZSBub25j==",
        "dGhlIHNhbXBsZSBub25jZQAAAA==",
        "dGhlIHNhbXBsZSBub25jZ-==",
        "dGhlIHNhbXBsZSBub25jZ===",
        "dGhlIHNhbXBsZSBub25j\u0130Q=="
      })
  void anythingElseIsNone(String key) {
    assertThat(WebSocketKeys.isChallenge(key)).isFalse();
  }
}
