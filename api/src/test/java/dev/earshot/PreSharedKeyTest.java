package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PreSharedKeyTest {
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  @Test
  void theKeyIsCopiedInAndLentOutAsACopyThatIsOverwritten() {
    byte[] given = KEY.clone();
    PreSharedKey key = PreSharedKey.of("id", given);
    Arrays.fill(given, (byte) 9);
    AtomicReference<byte[]> lent = new AtomicReference<>();
    byte[] seen =
        key.use(
            bytes -> {
              lent.set(bytes);
              return bytes.clone();
            });
    assertThat(seen).isEqualTo(KEY);
    assertThat(lent.get()).containsOnly(0);
    assertThat(key.<byte[]>use(byte[]::clone)).isEqualTo(KEY);
  }

  @Test
  void theCopyIsOverwrittenAlsoWhenItsUserThrows() {
    PreSharedKey key = PreSharedKey.of("id", KEY);
    AtomicReference<byte[]> lent = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                key.use(
                    bytes -> {
                      lent.set(bytes);
                      throw new IllegalArgumentException("on purpose");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(lent.get()).containsOnly(0);
  }

  @Test
  void keysAndIdentitiesHaveBounds() {
    assertThat(PreSharedKey.of(Payload.wrap(new byte[128]), new byte[256]).identity().length())
        .isEqualTo(128);
    assertRefused(() -> PreSharedKey.of("id", new byte[15]), "15 bytes");
    assertRefused(() -> PreSharedKey.of("id", new byte[257]), "257 bytes");
    assertRefused(() -> PreSharedKey.of("", KEY), "identity of 0 bytes");
    assertRefused(() -> PreSharedKey.of(Payload.wrap(new byte[129]), KEY), "identity of 129 bytes");
  }

  @Test
  void randomKeysDiffer() {
    PreSharedKey one = PreSharedKey.random("id");
    assertThat(one.<Integer>use(bytes -> bytes.length)).isEqualTo(32);
    assertThat(one.matches(PreSharedKey.random("id"))).isFalse();
  }

  @Test
  void itMatchesTheSameKeyUnderTheSameIdentityOnly() {
    PreSharedKey key = PreSharedKey.of("id", KEY);
    byte[] other = KEY.clone();
    other[15]++;
    assertThat(key.matches(PreSharedKey.of("id", KEY))).isTrue();
    assertThat(key.matches(PreSharedKey.of("id", other))).isFalse();
    assertThat(key.matches(PreSharedKey.of("di", KEY))).isFalse();
    assertThat(key.matches(key)).isTrue();
  }

  @Test
  void aDestroyedKeyIsGone() {
    PreSharedKey key = PreSharedKey.of("id", KEY);
    key.destroy();
    key.destroy();
    assertThat(key.isDestroyed()).isTrue();
    assertThatThrownBy(() -> key.use(bytes -> bytes))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("destroyed");
  }

  @Test
  void itPrintsItsIdentityEscapedAndNeverTheKey() {
    assertThat(PreSharedKey.of("kitchen's \n", KEY).toString())
        .isEqualTo("PreSharedKey['kitchen\\x27s \\x0A']")
        .doesNotContain("0123");
    assertThat(PreSharedKey.printable(Payload.wrap(new byte[] {0, -1, 'a', '\\'})))
        .isEqualTo("\\x00\\xFFa\\x5C");
  }

  @Test
  void aFixedSourceFindsByIdentityAndDialsWithItsFirst() {
    PreSharedKey one = PreSharedKey.of("one", KEY);
    PreSharedKey two = PreSharedKey.of("two", KEY);
    PskSource source = PskSource.of(one, two);
    assertThat(find(source, "two")).containsSame(two);
    assertThat(find(source, "three")).isEmpty();
    assertThat(source.own()).containsSame(one);
    assertThat(source).hasToString("[PreSharedKey['one'], PreSharedKey['two']]");
  }

  @Test
  void aFixedSourceHasKeysAndOneForEachIdentity() {
    assertRefused(PskSource::of, "no keys");
    PreSharedKey key = PreSharedKey.of("one", KEY);
    assertRefused(() -> PskSource.of(key, PreSharedKey.of("one", new byte[16])), "two keys");
  }

  @Test
  void aSourceOfOnesOwnIsForListenersUnlessItSaysOtherwise() {
    PskSource source = identity -> CompletableFuture.completedStage(Optional.empty());
    assertThat(source.own()).isEmpty();
  }

  @Test
  void securityShowsWhoseKeysAndNoKeys() {
    Security.Psk psk = Security.psk(PreSharedKey.of("one", KEY));
    assertThat(psk.forwardSecrecyRequired()).isFalse();
    assertThat(psk.requireForwardSecrecy().forwardSecrecyRequired()).isTrue();
    assertThat(psk.toString()).contains("one").doesNotContain("0123");
    assertThat(Security.none()).hasToString("None");
  }

  private static Optional<PreSharedKey> find(PskSource source, String identity) {
    return source.find(Payload.utf8(identity)).toCompletableFuture().join();
  }

  private static void assertRefused(Runnable call, String words) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }
}
