package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceTypeTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "chat", "x-1", "1a", "a1b2c3d4e5f6g7h", "my-chat-2", "3d-print"})
  void namesOfRfc6335AreTaken(String name) {
    assertThat(ServiceType.tcp(name)).hasToString("_" + name + "._tcp");
    assertThat(ServiceType.udp(name)).hasToString("_" + name + "._udp");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "123",
        "-a",
        "a-",
        "a--b",
        "a_b",
        "a.b",
        "a b",
        "ä",
        "a\n",
        "sixteenlettersxx",
        "_chat",
        "\u212Aelvin",
        "\u0131d"
      })
  void othersAreRefused(String name) {
    assertThatThrownBy(() -> ServiceType.tcp(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("RFC 6335");
  }

  @Test
  void theyCompareWithoutRegardToCase() {
    assertThat(ServiceType.tcp("CHAT")).isEqualTo(ServiceType.tcp("chat"));
    assertThat(ServiceType.tcp("chat")).isNotEqualTo(ServiceType.udp("chat"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"_chat._tcp", "_chat._tcp.", "_CHAT._TCP"})
  void theyAreReadAsTheyAreWritten(String text) {
    assertThat(ServiceType.parse(text)).isEqualTo(ServiceType.tcp("chat"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "chat",
        "_chat",
        "chat._tcp",
        "_chat._sctp",
        "_chat._tcp..",
        "_chat._tcp.local.",
        "_a._sub._chat._tcp",
        "_chat.tcp",
        "_._tcp",
        " _chat._tcp"
      })
  void whatIsNoServiceTypeIsNotRead(String text) {
    assertThatThrownBy(() -> ServiceType.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
