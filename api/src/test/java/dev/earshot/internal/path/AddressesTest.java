package dev.earshot.internal.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.testing.MemoryWire;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  private static final NetworkLink LINK = new NetworkLink("eth7", 7, LinkType.WIRED);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "10.0.0.1",
        "::",
        "::1",
        "fe80::1%eth0"
      })
  void addressesAreNumeric(String host) {
    assertThat(Addresses.isNumeric(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "den.local",
        "256.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4.",
        "a.b.c.d",
        "",
        "den:80",
        "example",
        "0x7f.0.0.1",
        "\u0661.2.3.4"
      })
  void namesAreNot(String host) {
    assertThat(Addresses.isNumeric(host)).isFalse();
  }

  @Test
  void onlyLinkLocalIpv6LacksAScope() throws UnknownHostException {
    assertThat(Addresses.lacksScope(MemoryWire.address("fe80::1"))).isTrue();
    assertThat(Addresses.lacksScope(scoped("fe80::1", 3))).isFalse();
    assertThat(Addresses.lacksScope(MemoryWire.address("2001:db8::1"))).isFalse();
    assertThat(Addresses.lacksScope(MemoryWire.address("169.254.1.1"))).isFalse();
  }

  @Test
  void aLinkGivesItsScopeToLinkLocalAddressesAndToNoOthers() {
    assertThat(Addresses.on(LINK, MemoryWire.address("fe80::1")).getHostAddress())
        .isEqualTo("fe80:0:0:0:0:0:0:1%7");
    assertThat(Addresses.on(LINK, MemoryWire.address("2001:db8::1")).getHostAddress())
        .doesNotContain("%");
    assertThat(Addresses.on(LINK, MemoryWire.address("10.0.0.1")))
        .isEqualTo(MemoryWire.address("10.0.0.1"));
  }

  @Test
  void aScopeThatMeansNothingIsDropped() throws UnknownHostException {
    assertThat(Addresses.withoutNeedlessScope(scoped("::1", 1)).getHostAddress())
        .doesNotContain("%");
    assertThat(Addresses.withoutNeedlessScope(scoped("fe80::1", 7)).getHostAddress())
        .endsWith("%7");
  }

  @Test
  void aScopeFitsItsOwnLinkOnly() throws UnknownHostException {
    assertThat(Addresses.scopeFits(scoped("fe80::1", 7), LINK)).isTrue();
    assertThat(Addresses.scopeFits(scoped("fe80::1", 8), LINK)).isFalse();
    assertThat(Addresses.scopeFits(MemoryWire.address("10.0.0.1"), LINK)).isTrue();
  }

  private static InetAddress scoped(String address, int scope) throws UnknownHostException {
    return Inet6Address.getByAddress(null, MemoryWire.address(address).getAddress(), scope);
  }
}
