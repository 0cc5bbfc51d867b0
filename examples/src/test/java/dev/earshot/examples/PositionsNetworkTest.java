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
import dev.earshot.security.tls.Identities;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The example of datagrams runs, and is what docs/datagrams.md shows. */
@Tag("network")
class PositionsNetworkTest {
  private static final Path PAGE = Path.of("../docs/datagrams.md");
  private static final Path SOURCE =
      Path.of("src/main/java/dev/earshot/examples/datagrams/Positions.java");

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

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void pageShowsLinesOfTheExample() throws IOException {
    List<String> lines = Files.readAllLines(SOURCE).stream().map(String::strip).toList();
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    assertThat(block.find()).isTrue();
    assertThat(lines).containsAll(block.group(1).lines().filter(line -> !line.isBlank()).toList());
  }
}
