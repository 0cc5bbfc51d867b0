package dev.earshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  private static final ServiceType TYPE = ServiceType.tcp("echo");

  @Test
  void aHostAndPortReadAsPeopleWriteThem() {
    assertThat(Endpoint.hostPort("den.example", 80)).hasToString("den.example:80");
    assertThat(Endpoint.hostPort("10.0.0.1", 80)).hasToString("10.0.0.1:80");
    assertThat(Endpoint.hostPort("fe80::1%eth0", 80)).hasToString("[fe80::1%eth0]:80");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 65_536, Integer.MAX_VALUE})
  void aPortIsWithin1To65535(int port) {
    assertThatThrownBy(() -> Endpoint.hostPort("den", port))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "den\r\nX-Header: y", "den\u0000", "[::1]", "a\u007Fb"})
  void aHostThatCannotBeOneIsRefused(String host) {
    assertThatThrownBy(() -> Endpoint.hostPort(host, 80))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("host")
        .message()
        .doesNotContain("\r", "\n");
  }

  @Test
  void aHostIsNotLongerThanANameCanBe() {
    assertThat(Endpoint.hostPort("x".repeat(255), 1).host()).hasSize(255);
    assertThatThrownBy(() -> Endpoint.hostPort("x".repeat(256), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theScopeOfALinkLocalAddressIsKept() throws UnknownHostException {
    InetAddress address =
        Inet6Address.getByAddress(null, InetAddress.getByName("fe80::1").getAddress(), 3);
    assertThat(Endpoint.of(new InetSocketAddress(address, 80)).host()).endsWith("%3");
  }

  @Test
  void anAddressIsNotTurnedIntoANameOnTheWay() {
    assertThat(Endpoint.of(new InetSocketAddress("127.0.0.1", 80)).host()).isEqualTo("127.0.0.1");
    assertThat(Endpoint.of(InetSocketAddress.createUnresolved("den.example", 80)).host())
        .isEqualTo("den.example");
  }

  @Test
  void aServiceReadsAsBonjourWritesIt() {
    Endpoint.Bonjour den = Endpoint.bonjour("Den", TYPE);
    assertThat(den).hasToString("Den._echo._tcp.local.");
    assertThat(den.domain()).isEqualTo("local.");
  }

  @Test
  void aDomainEndsWithADotAndHasALimit() {
    assertThatThrownBy(() -> new Endpoint.Bonjour("Den", TYPE, "local"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Endpoint.Bonjour("Den", TYPE, "x".repeat(255) + "."))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new Endpoint.Bonjour("Den", TYPE, "example.com."))
        .hasToString("Den._echo._tcp.example.com.");
  }

  @Test
  void aNameFromTheNetworkCannotUpsetATerminal() {
    assertThat(Endpoint.bonjour("\u001B[2J\r\nroot# \u202Eevil\u2028", TYPE).toString())
        .isEqualTo("\\u001B[2J\\u000D\\u000Aroot# \\u202Eevil\\u2028._echo._tcp.local.");
    assertThat(Endpoint.bonjour("Zoë 😀 日本", TYPE)).hasToString("Zoë 😀 日本._echo._tcp.local.");
  }
}
