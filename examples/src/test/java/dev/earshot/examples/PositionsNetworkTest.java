package dev.earshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.examples.datagrams.Positions;
import dev.earshot.examples.datagrams.StillThere;
import dev.earshot.security.tls.Identities;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The examples of datagrams, which docs/datagrams.md shows, run. */
@Tag("network")
class PositionsNetworkTest {
  @Test
  void positionArrives() {
    PreSharedKey key = PreSharedKey.random("positions");
    Parameters loopback = Parameters.udp().localAddress(InetAddress.getLoopbackAddress()).build();
    try (Network network = Network.open()) {
      Positions positions = new Positions(network, loopback, key);
      CompletableFuture<Payload> shown = new CompletableFuture<>();
      Listener listener = positions.listen(shown::complete, Runnable::run);
      int port = await(listener.ready()).port().orElseThrow();
      Connection here =
          positions.tell(Endpoint.hostPort("127.0.0.1", port), Payload.utf8("48.2 N 11.6 E"));
      assertThat(await(shown).toUtf8String()).isEqualTo("48.2 N 11.6 E");
      await(here.cancel());
    }
  }

  @Test
  void certificatesProtectDatagramsToo() {
    Identity ada = Identities.mint("Ada");
    Identity bob = Identities.mint("Bob");
    try (Network network = Network.open()) {
      CompletableFuture<Connection> arrived = new CompletableFuture<>();
      Listener listener =
          network.listener(
              Parameters.udp()
                  .localAddress(InetAddress.getLoopbackAddress())
                  .security(Security.pki(bob, TrustEvaluator.pinned(ada.fingerprint())))
                  .build());
      listener.start((from, connection) -> arrived.complete(connection.start()), Runnable::run);
      int port = await(listener.ready()).port().orElseThrow();
      Connection here =
          network
              .connection(
                  Endpoint.hostPort("127.0.0.1", port),
                  Parameters.udp()
                      .security(Security.pki(ada, TrustEvaluator.pinned(bob.fingerprint())))
                      .build())
              .start();
      await(here.ready());
      Connection there = await(await(arrived).ready());
      assertThat(there.securityMetadata().orElseThrow().peerFingerprint())
          .contains(ada.fingerprint());
      await(here.send(Payload.utf8("signed and sealed")));
      assertThat(await(there.receiveMessage()).content().toUtf8String())
          .isEqualTo("signed and sealed");
    }
  }

  @Test
  void whoAnswersIsThereAndWhoIsGoneIsNoticedByHisSilence() {
    try (Network network = Network.open()) {
      Listener listener =
          network.listener(Parameters.udp().localAddress(InetAddress.getLoopbackAddress()).build());
      listener.start((from, connection) -> answer(connection.start(), 3), Runnable::run);
      int port = await(listener.ready()).port().orElseThrow();
      Connection here =
          network
              .connection(Endpoint.hostPort("127.0.0.1", port), Parameters.udp().build())
              .start();
      here.send(Payload.utf8("my position"));
      await(here.receiveMessage());
      StillThere probe = new StillThere(here, Payload.utf8("?"), 2);
      assertThat(await(probe.look())).isTrue();
      for (int i = 0; i < 2; i++) { // asks, is answered, and has nothing to ask
        assertThat(await(probe.look())).isTrue();
        assertThat(await(here.receiveMessage()).content()).isEqualTo(Payload.utf8("!"));
        assertThat(await(probe.look())).isTrue();
      }
      assertThat(await(probe.look())).isTrue(); // asks in vain from here
      assertThat(await(probe.look())).isTrue();
      assertThat(await(probe.look())).isFalse();
      assertThat(await(here.dataTransferReport()).piecesSent()).isEqualTo(1 + 2 + 2);
    }
  }

  private static void answer(Connection connection, int times) {
    if (times > 0) {
      connection
          .receiveMessage()
          .thenAccept(
              question -> {
                connection.send(Payload.utf8("!"));
                answer(connection, times - 1);
              });
    }
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
