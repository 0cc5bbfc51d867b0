package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.PskSource;
import dev.earshot.spi.StreamSecurity.Role;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both roles against Bouncy Castle's own record layer and ciphers. */
class StockPeerTest {

  @ParameterizedTest
  @EnumSource
  void aStockClientIsServed(PskSuite suite) {
    int[] codes = PskSuite.codes(List.of(suite));
    StockSide client = StockSide.client("kitchen", EnginePair.KEY, codes);
    EngineSide server = side(Role.SERVER);

    Side.exchange(client, server);
    byte[] content = noise();
    client.send(content);
    server.send(content);
    Side.exchange(client, server);

    assertThat(server.stream.metadata().cipherSuite()).isEqualTo(suite.name());
    assertThat(server.received.toByteArray()).isEqualTo(content);
    assertThat(client.received.toByteArray()).isEqualTo(content);
  }

  @ParameterizedTest
  @EnumSource
  void aStockServerIsUnderstood(PskSuite suite) {
    StockSide server = StockSide.server(EnginePair.KEY, PskSuite.codes(List.of(suite)));
    EngineSide client = side(Role.CLIENT);

    Side.exchange(client, server);
    byte[] content = noise();
    client.send(content);
    server.send(content);
    Side.exchange(client, server);

    assertThat(client.stream.metadata().cipherSuite()).isEqualTo(suite.name());
    assertThat(server.received.toByteArray()).isEqualTo(content);
    assertThat(client.received.toByteArray()).isEqualTo(content);
  }

  @ParameterizedTest
  @EnumSource
  void farewellsOfBothKindsAreUnderstood(PskSuite suite) throws Exception {
    StockSide client = StockSide.client("kitchen", EnginePair.KEY, PskSuite.codes(List.of(suite)));
    EngineSide server = side(Role.SERVER);
    Side.exchange(client, server);

    client.protocol.close();
    Side.exchange(client, server);
    assertThat(server.engine.isInboundDone()).isTrue();
    assertThat(server.thrown).isNull();
    server.engine.closeInbound();
  }

  private static EngineSide side(Role role) {
    return new EngineSide(
        new PskSecurity(EnginePair.anyVersion(PskSource.of(EnginePair.key("kitchen"))))
            .open(role, "stock"));
  }

  private static byte[] noise() {
    byte[] content = new byte[70_000];
    new Random(1).nextBytes(content);
    return content;
  }
}
