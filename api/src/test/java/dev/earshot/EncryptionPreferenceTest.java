package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EncryptionPreferenceTest {
  private static final Security KEY = Security.psk(PreSharedKey.random("den"));

  @Test
  void theNamesAreThoseOfMultipeerConnectivity() {
    assertThat(Arrays.toString(EncryptionPreference.values()))
        .isEqualTo("[NONE, OPTIONAL, REQUIRED]");
  }

  @Test
  void whatIsMeantIsWhatIsDone() {
    assertThat(EncryptionPreference.REQUIRED.check(KEY)).isSameAs(KEY);
    assertThat(EncryptionPreference.NONE.check(Security.none())).isSameAs(Security.none());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EncryptionPreference.REQUIRED.check(Security.none()))
        .withMessageContaining("REQUIRED, and security is none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EncryptionPreference.NONE.check(KEY))
        .withMessageContaining("to be NONE, and security is Psk");
  }

  /** Never in silence less than was asked for. */
  @Test
  void optionalIsRefusedWithTheReasonWhateverTheSecurity() {
    for (Security security : new Security[] {KEY, Security.none()}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> EncryptionPreference.OPTIONAL.check(security))
          .withMessageContaining("can take it away");
    }
  }
}
