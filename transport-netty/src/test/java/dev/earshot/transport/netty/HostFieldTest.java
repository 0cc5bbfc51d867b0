package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.ServiceType;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class HostFieldTest {
  private static String of(Endpoint endpoint, String address) throws Exception {
    return HostField.of(endpoint, new InetSocketAddress(InetAddress.getByName(address), 4242));
  }

  @Test
  void aNameStandsAsItWasAskedFor() throws Exception {
    assertThat(of(Endpoint.hostPort("den.local", 4242), "10.0.0.1")).isEqualTo("den.local:4242");
  }

  @Test
  void anIpv6AddressStandsInBracketsWithoutItsScope() throws Exception {
    assertThat(of(Endpoint.hostPort("fe80::1%lo", 4242), "::1")).isEqualTo("[fe80::1]:4242");
    InetAddress scoped =
        Inet6Address.getByAddress(null, InetAddress.getByName("fe80::2").getAddress(), 1);
    assertThat(
            HostField.of(
                Endpoint.bonjour("Den", ServiceType.parse("_echo._tcp")),
                new InetSocketAddress(scoped, 1)))
        .isEqualTo("[fe80:0:0:0:0:0:0:2]:1");
  }

  @Test
  void whatCannotStandInARequestIsTheAddressInstead() throws Exception {
    for (String host : new String[] {"h\u00f6hle", "a/b", "a:b:g", "%lo", "a@b"}) {
      assertThat(of(Endpoint.hostPort(host, 4242), "10.0.0.1")).as(host).isEqualTo("10.0.0.1:4242");
    }
    for (String host : new String[] {"a_b~c-d.e", "10.0.0.2", "A1"}) {
      assertThat(of(Endpoint.hostPort(host, 4242), "10.0.0.1")).isEqualTo(host + ":4242");
    }
  }

  @Test
  void aServiceStandsAsItsAddress() throws Exception {
    assertThat(of(Endpoint.bonjour("Den", ServiceType.parse("_echo._tcp")), "10.0.0.1"))
        .isEqualTo("10.0.0.1:4242");
  }

  @Test
  void aNameThatWouldBreakTheRequestIsReplacedByTheAddress() throws Exception {
    assertThat(of(Endpoint.hostPort("grüße.local", 4242), "10.0.0.1")).isEqualTo("10.0.0.1:4242");
  }
}
