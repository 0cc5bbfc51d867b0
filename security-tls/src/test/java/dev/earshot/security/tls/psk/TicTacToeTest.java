package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.TlsVersion;
import dev.earshot.security.tls.TicTacToe;
import dev.earshot.spi.StreamSecurity.Role;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicTacToeTest {
  private static final String KEY_OF_1234 =
      "a7127fadaf08053b7fe5e836e3b52e8b33405e41a4ebfda1ae406069cd05396b";

  @Test
  void theKeyIsTheSamples() {
    PreSharedKey key = TicTacToe.key("1234");

    assertThat(key.<String>use(HexFormat.of()::formatHex)).isEqualTo(KEY_OF_1234);
    assertThat(key.identity()).isEqualTo(Payload.utf8("TicTacToe"));
    assertThatThrownBy(() -> TicTacToe.key("")).isInstanceOf(IllegalArgumentException.class);
  }

  /** As the sample is written, as its version of 2020 turns out, and as nobody would write it. */
  @ParameterizedTest
  @ValueSource(strings = {"TicTacToe", "\0\1T\0i\0c", "", "someone else"})
  void whateverTheSampleCallsItselfIsServed(String identity) {
    StockSide app = StockSide.client(identity, HexFormat.of().parseHex(KEY_OF_1234), 0x00A8);
    EngineSide here = side(Role.SERVER);

    Side.exchange(app, here);

    assertThat(here.finished).isEqualTo(1);
    assertThat(here.stream.metadata().pskIdentity()).contains(Payload.utf8(identity));
    assertThat(here.stream.metadata().cipherSuite()).isEqualTo("TLS_PSK_WITH_AES_128_GCM_SHA256");
  }

  @Test
  void anAppThatListensIsUnderstood() {
    StockSide app = StockSide.server(HexFormat.of().parseHex(KEY_OF_1234), 0x00A8);
    EngineSide here = side(Role.CLIENT);

    Side.exchange(here, app);

    assertThat(here.finished).isEqualTo(1);
  }

  @Test
  void anotherPasscodeIsAWrongKeyWhateverTheIdentity() {
    StockSide app =
        StockSide.client("any", "0123456789abcdef".getBytes(StandardCharsets.UTF_8), 0x00A8);
    EngineSide here = side(Role.SERVER);

    Side.exchange(app, here);

    assertThat(here.thrown).hasMessageContaining("the peer's key for the identity 'any'");
  }

  @Test
  void itSpeaksTls12AndDoesNotTellThePasscode() {
    Security.Psk security = TicTacToe.security("73919");

    assertThat(security.versions()).containsExactly(TlsVersion.TLS_1_2);
    assertThat(security.toString()).doesNotContain("73919").contains("TicTacToe");
  }

  private static EngineSide side(Role role) {
    return new EngineSide(new PskSecurity(TicTacToe.security("1234")).open(role, "the app"));
  }
}
