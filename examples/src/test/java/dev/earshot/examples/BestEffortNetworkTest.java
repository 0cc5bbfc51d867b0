package dev.earshot.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.examples.datagrams.BestEffort;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of datagrams beside a reliable connection runs. */
@Tag("network")
@Tag("once")
@Timeout(60)
class BestEffortNetworkTest {
  private static final PreSharedKey KEY = PreSharedKey.random("chat");

  private final Network network = Network.open();
  private final BestEffort bestEffort = new BestEffort(network, Duration.ofSeconds(20));
  private Connection here;
  private Connection there;

  @BeforeEach
  void connect() {
    CompletableFuture<Connection> arrived = new CompletableFuture<>();
    Listener listener =
        network.listener(
            Parameters.webSocket()
                .localAddress(InetAddress.getLoopbackAddress())
                .security(Security.psk(KEY))
                .build());
    listener.start((from, connection) -> arrived.complete(connection.start()), Runnable::run);
    int port = await(listener.ready()).port().orElseThrow();
    here =
        network
            .connection(
                Endpoint.hostPort("127.0.0.1", port),
                Parameters.webSocket().security(Security.psk(KEY)).build())
            .start();
    await(here.ready());
    there = await(await(arrived).ready());
  }

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void datagramsGoBesideMessages() {
    CompletableFuture<Connection> asking = bestEffort.ask(here).toCompletableFuture();
    assertThat(BestEffort.isQuestion(await(there.receiveMessage()))).isTrue();
    Connection theirs = await(bestEffort.answer(there, Runnable::run));
    Connection ours = await(asking);
    theirs.sendIdempotent(Payload.utf8("frame 1"), SendOptions.DEFAULT);
    assertThat(await(ours.receiveMessage()).content()).isEqualTo(Payload.utf8("frame 1"));
    here.send(Payload.utf8("still here"));
    assertThat(await(there.receiveMessage()).content()).isEqualTo(Payload.utf8("still here"));
  }

  @Test
  void thePortTakesNobodyButThePeer() {
    CompletableFuture<Connection> come = bestEffort.answer(there, Runnable::run);
    ByteBuffer answer = await(here.receiveMessage()).content().asByteBuffer();
    Endpoint port = Endpoint.hostPort("127.0.0.1", Short.toUnsignedInt(answer.getShort()));
    byte[] key = new byte[answer.remaining()];
    answer.get(key);

    Connection withoutKey = dial(port, "127.0.0.1", PreSharedKey.random("datagrams"));
    assertThatThrownBy(() -> await(withoutKey.ready())).hasMessageContaining("key");
    Connection fromElsewhere = dial(port, "127.0.0.2", PreSharedKey.of("datagrams", key));
    assertThatThrownBy(() -> fromElsewhere.ready().get(2, TimeUnit.SECONDS))
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isInstanceOf(TimeoutException.class),
            thrown -> assertThat(thrown).hasMessageContaining("127.0.0.1"));
    assertThat(come).isNotDone();

    Connection peer = await(dial(port, "127.0.0.1", PreSharedKey.of("datagrams", key)).ready());
    await(come);
    await(peer.send(Payload.utf8("I am it")));
    assertThat(await(come.join().receiveMessage()).content()).isEqualTo(Payload.utf8("I am it"));
    Connection late = dial(port, "127.0.0.1", PreSharedKey.of("datagrams", key));
    assertThatThrownBy(() -> late.ready().get(2, TimeUnit.SECONDS)).isNotNull();
  }

  private Connection dial(Endpoint port, String from, PreSharedKey key) {
    try {
      return network
          .connection(
              port,
              Parameters.udp()
                  .localAddress(InetAddress.getByName(from))
                  .security(Security.psk(key))
                  .build())
          .start();
    } catch (IOException e) {
      throw new AssertionError("a number is no name", e);
    }
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }
}
