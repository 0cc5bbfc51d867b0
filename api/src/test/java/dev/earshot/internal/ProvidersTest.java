package dev.earshot.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.ServiceType;
import dev.earshot.spi.SecurityProvider;
import dev.earshot.spi.StreamSecurity;
import dev.earshot.testing.MemoryAir;
import dev.earshot.testing.MemoryLinks;
import dev.earshot.testing.MemorySecurity;
import dev.earshot.testing.MemoryWire;
import dev.earshot.testing.VirtualTime;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which providers a network needs, and what it says without them. */
class ProvidersTest {
  private static final Endpoint BONJOUR = Endpoint.bonjour("Den", ServiceType.tcp("echo"));
  private static final Endpoint HOST = Endpoint.hostPort("10.0.0.1", 80);
  private static final Parameters PLAIN = Parameters.webSocket().build();
  private static final Parameters SECURED =
      Parameters.webSocket().security(Security.psk(PreSharedKey.random("id"))).build();

  private final VirtualTime time = new VirtualTime();
  private final MemoryWire wire = new MemoryWire(time);

  @Test
  void withoutATransportItDoesNotOpenAndNamesTheArtifact() {
    assertThatThrownBy(Network::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("earshot-transport-netty")
        .hasMessageContaining("class path or module path");
  }

  @Test
  void discoveryIsDemandedByThoseWhoNeedItOnly() {
    try (Network network = builder().open()) {
      assertThat(network.connection(HOST, PLAIN)).isNotNull();
      assertThat(network.listener(PLAIN)).isNotNull();
      assertThatThrownBy(() -> network.connection(BONJOUR, PLAIN))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("earshot-discovery-mdns");
      assertThatThrownBy(() -> network.browser(ServiceType.tcp("echo"), PLAIN))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("earshot-discovery-mdns");
    }
  }

  @Test
  void securityIsDemandedByThoseWhoNeedItOnly() {
    try (Network network = builder().open()) {
      assertThatThrownBy(() -> network.connection(HOST, SECURED))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("earshot-security-tls");
      assertThatThrownBy(() -> network.listener(SECURED))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("earshot-security-tls");
      assertThat(network.supports(PLAIN)).isTrue();
      assertThat(network.supports(SECURED)).isFalse();
    }
  }

  @Test
  void withAllOfThemEverythingIsSupported() {
    MemoryAir air = new MemoryAir(time.loop("air"));
    try (Network network =
        builder().discovery(air.discovery()).security(new MemorySecurity()).open()) {
      assertThat(network.supports(SECURED)).isTrue();
      assertThat(network.connection(BONJOUR, SECURED)).isNotNull();
      assertThat(network).hasToString("Network[memory, memory, memory]");
    }
  }

  @Test
  void securityThatTheProviderCannotDoIsRefused() {
    SecurityProvider unable =
        new SecurityProvider() {
          @Override
          public String name() {
            return "unable";
          }

          @Override
          public boolean supports(Security security) {
            return false;
          }

          @Override
          public StreamSecurity streamSecurity(Security security) {
            throw new IllegalStateException("not asked for");
          }
        };
    try (Network network = builder().security(unable).open()) {
      assertThat(network.supports(SECURED)).isFalse();
      assertThatThrownBy(() -> network.connection(HOST, SECURED))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'unable' cannot do");
    }
  }

  @Test
  void discoveryThatDoesNotOpenLeavesNoTransportBehind() {
    AtomicInteger closed = new AtomicInteger();
    ClosingTransport transport =
        new ClosingTransport(wire.computer("10.0.0.1"), closed::incrementAndGet);
    Network.Builder builder =
        Network.builder()
            .transport(transport.provider())
            .discovery(
                new BrokenDiscovery(
                    () -> {
                      throw new IllegalArgumentException("no multicast here");
                    }));
    assertThatThrownBy(builder::open)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no multicast here");
    assertThat(closed).hasValue(1);
  }

  @Test
  void theLinksAreThoseThatAreUp() throws Exception {
    MemoryLinks links = MemoryLinks.of("10.0.0.1");
    try (Network network = builder().links(links).open()) {
      assertThat(network.links()).containsExactlyInAnyOrder(MemoryWire.LINK, MemoryWire.LOOPBACK);
      assertThat(network.link("mem0")).isEqualTo(MemoryWire.LINK);
      links.up("mem0", false);
      assertThat(network.links()).containsExactly(MemoryWire.LOOPBACK);
      assertThatThrownBy(() -> network.link("mem0"))
          .hasMessageContaining("mem0")
          .hasMessageContaining("[lo]");
    }
  }

  private Network.Builder builder() {
    return Network.builder()
        .transport(wire.computer("10.0.0.1"))
        .links(MemoryLinks.of("10.0.0.1"))
        .workers(time.executor("workers"));
  }
}
