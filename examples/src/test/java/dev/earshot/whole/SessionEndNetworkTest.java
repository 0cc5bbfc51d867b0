package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.session.Peer;
import dev.earshot.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
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

  @Test
  void twentyThousandWhoWaitForOnePeerDoNotDelayTheEnd() throws Exception {
    try (Silence silence = new Silence()) {
      Endpoint silent = Endpoint.hostPort("127.0.0.1", silence.port());
      closeWhileWaiting(20_000, number -> silent);
    }
  }

  @Test
  void aThousandWhoWaitForAsManyPeersDoNotDelayTheEnd() throws Exception {
    try (Silence silence = new Silence("0.0.0.0")) {
      closeWhileWaiting(
          1_000,
          number ->
              Endpoint.hostPort(
                  "127.1.%d.%d".formatted(number / 200, number % 200 + 1), silence.port()));
    }
  }

  /** Also without {@code leave}. */
  @Test
  void whatIsAskedWhileTheNetworkClosesCompletesByItself() throws Exception {
    Endpoint nobody;
    try (Silence brief = new Silence()) {
      nobody = Endpoint.hostPort("127.0.0.1", brief.port());
    }
    for (int round = 0; round < ROUNDS; round++) {
      Network network = Network.open();
      Session session = session(network);
      List<CompletableFuture<Peer>> asked = new ArrayList<>();
      Thread closing = new Thread(network::close);
      for (int i = 0; i < 5_000; i++) {
        asked.add(session.connect(nobody));
        if (i == 400 * round) {
          closing.start();
        }
      }
      closing.join();
      asked.forEach(each -> Eventually.holds("what was asked completes", each::isDone));
    }
  }

  private static void closeWhileWaiting(int count, IntFunction<Endpoint> to) {
    Network network = Network.open();
    Session session = session(network);
    List<CompletableFuture<Peer>> asked =
        IntStream.range(0, count).mapToObj(to).map(session::connect).toList();
    ExecutorService closing = Executors.newSingleThreadExecutor();
    try (Pauses pauses = Pauses.measure()) {
      CompletableFuture<Duration> took =
          CompletableFuture.supplyAsync(
              () -> {
                long began = System.nanoTime();
                network.close();
                return pauses.unexplained(began, System.nanoTime());
              },
              closing);
      assertThat(Eventually.get(took))
          .as("until it was closed, less the computer's pauses; %s", pauses)
          .isLessThan(Duration.ofSeconds(1));
    } finally {
      closing.shutdown();
    }
    asked.forEach(each -> Eventually.holds("what was asked completes", each::isDone));
  }

  private static Session session(Network network) {
    Session session =
        Session.builder(network, Peer.named("closing"))
            .security(Security.psk(PreSharedKey.random("closing")))
            .link(Loopback.link(network))
            .withoutDiscovery()
            .build()
            .start(new Session.Handler() {}, Runnable::run);
    Eventually.get(session.ready());
    return session;
  }

  private static void closeWhileConnecting(Endpoint to) throws Exception {
    Network network = Network.open();
    Session session = session(network);
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
