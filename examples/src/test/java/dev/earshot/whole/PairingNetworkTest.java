package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Security;
import dev.earshot.security.tls.PairedPeer;
import dev.earshot.security.tls.PairedPeers;
import dev.earshot.security.tls.Pairing;
import dev.earshot.security.tls.PairingException;
import dev.earshot.security.tls.PairingOptions;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairing and what comes after it, with real sockets on loopback. */
@Tag("network")
class PairingNetworkTest {
  private final Network network = Network.open();
  private final ExecutorService queue = Executors.newSingleThreadExecutor();
  private final LinkedBlockingQueue<PairingException> failedTries = new LinkedBlockingQueue<>();

  @TempDir private Path folder;

  @AfterEach
  void close() {
    network.close();
    queue.shutdown();
  }

  private PairingOptions options(String name) {
    return PairingOptions.named(name).link(Loopback.link(network)).withoutAdvertising();
  }

  private Pairing show() {
    CompletableFuture<Void> open = new CompletableFuture<>();
    Pairing.Handler handler =
        new Pairing.Handler() {
          @Override
          public void stateUpdated(Pairing pairing, Pairing.State state) {
            if (state instanceof Pairing.State.Open) {
              open.complete(null);
            }
          }

          @Override
          public void tryFailed(Pairing pairing, PairingException cause, int triesLeft) {
            failedTries.add(cause);
          }
        };
    Pairing shown = Pairing.show(network, options("Den")).start(handler, queue);
    Eventually.get(open);
    return shown;
  }

  private CompletableFuture<PairedPeer> enter(Pairing shown, String code) {
    Endpoint address = Endpoint.hostPort("127.0.0.1", shown.port().orElseThrow());
    return Pairing.enter(network, address, code, options("Kitchen"))
        .start(new Pairing.Handler() {}, queue)
        .paired();
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return Eventually.get(future.handle((value, thrown) -> thrown));
  }

  private static String wrong(String code) {
    return (code.startsWith("0") ? "1" : "0") + code.substring(1);
  }

  /** The port is the one that the other side listens on. */
  @Test
  void optionsOfBothSidesMayNameThePort() throws Exception {
    Pairing shown = show();
    int port = shown.port().orElseThrow();
    PairedPeer den =
        Eventually.get(
            Pairing.enter(
                    network,
                    Endpoint.hostPort("127.0.0.1", port),
                    shown.code(),
                    options("Kitchen").port(port))
                .start(new Pairing.Handler() {}, queue)
                .paired());
    assertThat(den.name()).isEqualTo("Den");
  }

  @Test
  void whoIsPairedConnectsUntilForgotten() throws Exception {
    Pairing shown = show();
    PairedPeer den = Eventually.get(enter(shown, shown.code()));
    PairedPeers peers = PairedPeers.open(folder.resolve("paired"));
    PairedPeer kitchen = peers.add(Eventually.get(shown.paired()));
    assertThat(kitchen.key().matches(den.key())).isTrue();

    Parameters.Builder tcp = Parameters.tcp().requireLink(Loopback.link(network));
    Listener listener = network.listener(tcp.security(Security.psk(peers)).build());
    AtomicReference<Connection> accepted = new AtomicReference<>();
    listener.start((self, connection) -> accepted.set(connection.start()), queue);
    int port = Eventually.get(listener.ready()).port().orElseThrow();

    Connection first = connect(tcp, port, den);
    Eventually.get(first.start().ready());
    first.send(Payload.utf8("x"));
    Eventually.holds("it is accepted", () -> accepted.get() != null);
    Eventually.get(accepted.get().ready());
    assertThat(accepted.get().securityMetadata().orElseThrow().pskIdentity())
        .contains(kitchen.identity());

    PairedPeers.open(folder.resolve("paired")).forget(kitchen.identity());
    Connection second = connect(tcp, port, den);
    CompletableFuture<NetworkException> refused = new CompletableFuture<>();
    second.start(
        new Connection.Handler() {
          @Override
          public void stateUpdated(Connection connection, Connection.State state) {
            if (state instanceof Connection.State.Waiting waiting) {
              refused.complete(waiting.reason());
            } else if (state instanceof Connection.State.Failed failed) {
              refused.complete(failed.cause());
            }
          }
        },
        queue);
    assertThat(Eventually.get(refused)).isInstanceOf(HandshakeException.class);
    assertThat(first.state()).isInstanceOf(Connection.State.Ready.class);
  }

  private Connection connect(Parameters.Builder tcp, int port, PairedPeer peer) {
    return network.connection(
        Endpoint.hostPort("127.0.0.1", port), tcp.security(Security.psk(peer.key())).build());
  }

  /** Everything of the user's, and the arithmetic, on virtual threads, where there are some. */
  @Test
  void virtualThreadsPairToo() throws Exception {
    Optional<Method> maker =
        Stream.of(Executors.class.getMethods())
            .filter(method -> method.getName().equals("newVirtualThreadPerTaskExecutor"))
            .findFirst();
    assumeTrue(maker.isPresent(), "this JDK has no virtual threads");
    ExecutorService virtual = (ExecutorService) maker.get().invoke(null);
    try (Network light = Network.builder().workers(virtual).open()) {
      PairingOptions options =
          PairingOptions.named("Light").link(Loopback.link(light)).withoutAdvertising();
      Pairing shown = Pairing.show(light, options).start(new Pairing.Handler() {}, virtual);
      Eventually.holds("it is open", () -> shown.state() instanceof Pairing.State.Open);
      CompletableFuture<String> name = new CompletableFuture<>();
      virtual.execute(
          () -> {
            Endpoint address = Endpoint.hostPort("127.0.0.1", shown.port().orElseThrow());
            Pairing entered = Pairing.enter(light, address, shown.code(), options);
            entered.start(new Pairing.Handler() {}, virtual);
            name.complete(entered.paired().join().name()); // waiting is what they are for
          });
      assertThat(Eventually.get(name)).isEqualTo("Light");
      assertThat(Eventually.get(shown.paired()).name()).isEqualTo("Light");
    } finally {
      virtual.shutdown();
    }
  }

  @Test
  void threeWrongCodesEndIt() {
    Pairing shown = show();
    for (int i = 0; i < Pairing.TRIES; i++) {
      Throwable failure = failure(enter(shown, wrong(shown.code())));
      assertThat(((PairingException) failure).reason())
          .isEqualTo(PairingException.Reason.WRONG_CODE);
      int told = i + 1;
      Eventually.holds("it is told", () -> failedTries.size() == told);
    }
    assertThat(((PairingException) failure(shown.paired())).reason())
        .isEqualTo(PairingException.Reason.TOO_MANY_TRIES);
  }

  @Test
  void peersThatSayNothingOrRubbishDoNotKeepTheRightOneOut() throws Exception {
    Pairing shown = show();
    List<Socket> flood = new ArrayList<>();
    try {
      for (int i = 0; i < 6; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), shown.port().getAsInt());
        flood.add(socket);
        if (i % 2 == 0) {
          socket.getOutputStream().write("rubbish\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
      }
      assertThat(Eventually.get(enter(shown, shown.code())).name()).isEqualTo("Den");
      assertThat(failedTries).isEmpty();
    } finally {
      for (Socket socket : flood) {
        socket.close();
      }
    }
  }
}
