package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceTest {
  private static final ServiceType TYPE = ServiceType.tcp("echo");

  @ParameterizedTest
  @ValueSource(strings = {"a", "Ada's Den", "v1.2 dotted", "日本", "😀", "back\\slash", " "})
  void aNameIsRichText(String name) {
    assertThat(Service.of(name, TYPE).name()).contains(name);
    assertThat(Endpoint.bonjour(name, TYPE).name()).isEqualTo(name);
  }

  @Test
  void aNameTakes63BytesOfUtf8AndNoMore() {
    // RFC 6763, section 4.1.1.
    assertThat(Service.of("x".repeat(63), TYPE).name()).isPresent();
    assertThat(Service.of("é".repeat(31) + "x", TYPE).name()).isPresent();
    for (String wrong : new String[] {"", "x".repeat(64), "é".repeat(32)}) {
      assertThatThrownBy(() -> Service.of(wrong, TYPE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("63");
      assertThatThrownBy(() -> Endpoint.bonjour(wrong, TYPE))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "\u0000", "bell\u0007", "\u007F"})
  void aNameHasNoControlCharactersWhenItIsAdvertised(String name) {
    assertThatThrownBy(() -> Service.of(name, TYPE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("control characters");
  }

  @Test
  void withoutANameItIsThisComputers() {
    assertThat(Service.of(TYPE).name()).isEmpty();
    assertThat(Service.of(TYPE).txtRecord()).isEqualTo(TxtRecord.empty());
  }

  @Test
  void anotherTxtRecordChangesNothingElse() {
    TxtRecord txt = TxtRecord.of(Map.of("a", "1"));
    Service service = Service.of("Den", TYPE).withTxtRecord(txt);
    assertThat(service.name()).contains("Den");
    assertThat(service.type()).isEqualTo(TYPE);
    assertThat(service.txtRecord()).isEqualTo(txt);
  }
}
