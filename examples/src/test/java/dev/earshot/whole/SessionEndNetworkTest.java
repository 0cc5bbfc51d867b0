package dev.earshot.whole;

import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.session.Peer;
import dev.earshot.session.Session;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A session whose network is closed under it. */
@Tag("network")
class SessionEndNetworkTest {
  private static final int ROUNDS = 10;

  @Test
  void whatIsAskedWhileTheNetworkClosesCompletes() throws Exception {
    try (Loopback other = Loopback.listen(Parameters.webSocket().maximumHandshakes(9, 9))) {
      for (int round = 0; round < ROUNDS; round++) {
        closeWhileConnecting(other.endpoint());
      }
    }
  }

  private static void closeWhileConnecting(Endpoint to) throws Exception {
    Network network = Network.open();
    Session session =
        Session.builder(network, Peer.named("closing"))
            .security(Security.psk(PreSharedKey.random("closing")))
            .link(Loopback.link(network))
            .withoutDiscovery()
            .build()
            .start(new Session.Handler() {}, Runnable::run);
    Eventually.get(session.ready());
    Queue<CompletableFuture<Peer>> asked = new ConcurrentLinkedQueue<>();
    Thread asking =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted() && asked.size() < 20_000) {
                asked.add(session.connect(to));
              }
            });
    asking.start();
    Eventually.holds("some are asked", () -> asked.size() > 20);
    network.close();
    asking.interrupt();
    asking.join();
    Eventually.get(session.leave());
    for (CompletableFuture<Peer> each : asked) {
      Eventually.holds("what was asked completes", each::isDone);
    }
  }
}
