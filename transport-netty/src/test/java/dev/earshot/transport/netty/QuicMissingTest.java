package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.QuicOptions;
import dev.earshot.UnsupportedException;
import dev.earshot.security.tls.Identities;
import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Without QUIC's native library everything else works, and QUIC says what to add. */
class QuicMissingTest {
  private static final Identity OWN = Identities.mint("own");
  private static final Parameters QUIC =
      QuicPair.parameters(OWN, OWN, QuicOptions.builder("x").build());

  /** Netty on a computer without the library. */
  private static final class Without implements TransportProvider {
    @Override
    public String name() {
      return "netty without QUIC";
    }

    @Override
    public Transport open(Executor workers) {
      NativeTransports natives = NativeTransports.named("nio").withoutQuic();
      return new NettyTransport(natives, workers, ByteBufAllocator.DEFAULT);
    }
  }

  @Test
  void itIsKnownBeforehandAndSaidWhichArtifactIsMissing() {
    String artifact =
        "io.netty:netty-codec-native-quic with the classifier " + QuicLibrary.classifier();
    try (Network network = Network.builder().transport(new Without()).open()) {
      assertThat(network.supports(QUIC)).isFalse();
      assertThat(network.supports(Parameters.tcp().build())).isTrue();

      ConnectionGroup group =
          network.connectionGroup(Endpoint.hostPort("127.0.0.1", 9), QUIC).start();
      assertThatThrownBy(() -> End.await(group.ready()))
          .hasCauseInstanceOf(UnsupportedException.class)
          .hasMessageContaining(artifact);
      assertThat(group.state()).isInstanceOf(Connection.State.Failed.class);

      Connection alone = network.connection(Endpoint.hostPort("127.0.0.1", 9), QUIC).start();
      assertThatThrownBy(() -> End.await(alone.ready())).hasMessageContaining(artifact);

      Listener listener = network.listener(QUIC);
      listener.start((from, connection) -> connection.start(), Runnable::run);
      assertThatThrownBy(() -> End.await(listener.ready()))
          .hasCauseInstanceOf(UnsupportedException.class)
          .hasMessageContaining(artifact);
    }
  }

  @Test
  void theClassifierIsThatOfThisPlatform() {
    assertThat(QuicLibrary.classifier()).matches("(linux|osx|windows)-(x86_64|aarch_64)");
  }
}
