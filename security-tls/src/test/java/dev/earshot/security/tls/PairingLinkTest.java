package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.earshot.Endpoint;
import dev.earshot.FramingException;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links as text; how they look as pictures is tested where there is somebody to read pictures. */
class PairingLinkTest {
  private static final String GOOD =
      "earshot-pair:1?id=a2l0Y2hlbg&key=AAECAwQFBgcICQoLDA0ODw&name=Den";

  private static PairingLink link() {
    return PairingLink.create(
        "K\u00FCche & Flur",
        List.of(Endpoint.hostPort("192.168.1.7", 4242), Endpoint.hostPort("fe80::1%eth0", 4243)));
  }

  @Test
  void aLinkIsReadAsItWasWritten() throws Exception {
    PairingLink link = link();
    PairingLink read = PairingLink.parse(" " + link.text() + "\n");
    assertThat(read.name()).isEqualTo("K\u00FCche & Flur");
    assertThat(read.key().matches(link.key())).isTrue();
    assertThat(read.hints()).isEqualTo(link.hints());
    assertThat(read.peer().name()).isEqualTo("K\u00FCche & Flur");
    assertThat(link.peer("Den").key().matches(read.peer().key())).isTrue();
    assertThat(link.text()).matches("[!-~]+").startsWith("earshot-pair:1?id=");
  }

  @Test
  void theFormIsTheDocumentedOne() throws Exception {
    PairingLink read = PairingLink.parse(GOOD + "&later=1&at=%5B::1%5D:80");
    assertThat(read.key().identity().toUtf8String()).isEqualTo("kitchen");
    assertThat(read.key().<Integer>use(key -> key.length)).isEqualTo(16);
    assertThat(read.hints()).containsExactly(Endpoint.hostPort("::1", 80));
    assertThat(read.text()).isEqualTo(GOOD + "&at=%5B%3A%3A1%5D%3A80");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://example.com",
        "earshot-pair:2?id=a",
        "earshot-pair:1?",
        "earshot-pair:1?id=a2l0Y2hlbg&key=AAECAwQFBgcICQoLDA0ODw",
        "earshot-pair:1?id=a2l0Y2hlbg&name=Den",
        "earshot-pair:1?key=AAECAwQFBgcICQoLDA0ODw&name=Den",
        "earshot-pair:1?id=a2l0Y2hlbg&key=AAEC&name=Den",
        "earshot-pair:1?id=a2l0Y2hlbg&key=AAECAwQFBgcICQoLDA0ODw&name=a%0Ab",
        "earshot-pair:1?id=a2l0Y2hlbg&key=AAECAwQFBgcICQoLDA0ODw&name=Den&name=Hall",
        "earshot-pair:1?id=a2l0Y2hlbg&key=AAECAwQFBgcICQoLDA0ODw&name=Den&at=x",
        "earshot-pair:1?id=a2l0Y2hlbg&key=AAECAwQFBgcICQoLDA0ODw&name=Den&at=x:99999",
        "earshot-pair:1?id=%%&key=AAECAwQFBgcICQoLDA0ODw&name=Den",
        "earshot-pair:1?id=a2l0Y2hlbg&key=AAECAwQFBgcICQoLDA0ODw&name=%zz"
      })
  void whatIsNoLinkIsRefusedAndNotRepeated(String text) {
    assertThatExceptionOfType(FramingException.class)
        .isThrownBy(() -> PairingLink.parse(text))
        .withMessageNotContaining("AAECAwQ")
        .withNoCause();
  }

  @Test
  void whateverIsScannedIsALinkOrRefused() {
    Random random = new Random(9);
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? GOOD : link().text());
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) (0x20 + random.nextInt(0x60)));
          case 1 -> text.deleteCharAt(at);
          default -> text.insert(at, (char) random.nextInt(0x10000));
        }
      }
      try {
        assertThat(PairingLink.parse(text.toString()).name()).isNotEmpty();
      } catch (FramingException expected) {
        assertThat(expected).hasMessageContaining("link");
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefusedWhenItIsMade() {
    Endpoint.HostPort hint = Endpoint.hostPort("h".repeat(255), 65_535);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PairingLink.create("Den", Collections.nCopies(9, hint)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PairingLink.create("Den", Collections.nCopies(8, hint)));
    assertThatIllegalArgumentException().isThrownBy(() -> PairingLink.create("", List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> link().qrPng(0));
  }

  @Test
  void aLinkDoesNotPrintItsKey() {
    PairingLink link = link();
    String key = link.text().replaceAll(".*&key=([^&]*).*", "$1");
    assertThat(link.toString()).doesNotContain(key).contains("earshot-");
  }
}
