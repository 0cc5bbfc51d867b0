package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer whose address changes in the middle, as behind a router that forgets (RFC 9000, 9). */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class QuicMigrationNetworkTest {
  @Parameter String natives;

  private QuicPair pair;

  @BeforeEach
  void open() {
    pair = new QuicPair(natives);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  private static int port(Optional<NetworkPath> path) {
    return path.flatMap(NetworkPath::remoteEndpoint).map(InetSocketAddress::getPort).orElse(0);
  }

  @Test
  void aListenerIsToldWhereAPeerIsThatHasMoved() throws Exception {
    QuicOptions options = QuicPair.options().build();
    int port = pair.listen(QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, options));
    try (UdpRelay relay = new UdpRelay(port)) {
      Parameters parameters = QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, options);
      ConnectionGroup group =
          End.await(pair.dial(relay.port(), parameters, new QuicPair.Side()).ready());
      ConnectionGroup there = End.await(pair.arrival().ready());
      Connection stream = group.openStream().start();
      stream.send(Payload.utf8("before"));
      Connection streamThere = pair.listening().next();
      assertThat(End.await(streamThere.receive(6, 6)).content()).isEqualTo(Payload.utf8("before"));
      assertThat(port(there.currentPath())).isEqualTo(relay.seenAs());
      assertThat(port(streamThere.currentPath())).isEqualTo(relay.seenAs());

      int moved = relay.rebind();
      stream.send(Payload.utf8("after"));
      assertThat(End.await(streamThere.receive(5, 5)).content()).isEqualTo(Payload.utf8("after"));
      StateWait.until(() -> port(there.currentPath()) == moved);
      StateWait.until(() -> port(streamThere.currentPath()) == moved);
      StateWait.until(() -> pair.listening().paths.stream().anyMatch(p -> isTo(p, moved)));
      assertThat(there.currentPath().flatMap(NetworkPath::link)).isPresent();

      streamThere.send(Payload.utf8("back"));
      assertThat(End.await(stream.receive(4, 4)).content()).isEqualTo(Payload.utf8("back"));
      Connection another = there.openStream().start();
      assertThat(port(End.await(another.ready()).currentPath())).isEqualTo(moved);
    }
  }

  private static boolean isTo(NetworkPath path, int port) {
    return port(Optional.of(path)) == port;
  }
}
