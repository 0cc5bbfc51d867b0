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
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.examples.beside.SideConnection;
import dev.earshot.examples.beside.SideConnection.Kind;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The example of a connection beside a reliable one runs. */
@Tag("network")
@Tag("once")
@Timeout(60)
class SideConnectionNetworkTest {
  private static final PreSharedKey KEY = PreSharedKey.random("chat");

  private final Network network = Network.open();
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

  private SideConnection side(Kind kind) {
    return new SideConnection(network, Duration.ofSeconds(20), kind);
  }

  @ParameterizedTest
  @EnumSource
  void itGoesBesideTheMessages(Kind kind) {
    CompletableFuture<Connection> asking = side(kind).ask(here).toCompletableFuture();
    assertThat(kind.isAskedFor(await(there.receiveMessage()))).isTrue();
    Connection theirs = await(side(kind).answer(there, Runnable::run));
    Connection ours = await(asking);
    theirs.send(Payload.utf8("frame 1"));
    assertThat(await(ours.receiveMessage()).content()).isEqualTo(Payload.utf8("frame 1"));
    here.send(Payload.utf8("still here"));
    assertThat(await(there.receiveMessage()).content()).isEqualTo(Payload.utf8("still here"));
  }

  @Test
  void aStreamThatNobodyReadsHoldsUpNoMessage() {
    CompletableFuture<Connection> asking = side(Kind.STREAM).ask(here).toCompletableFuture();
    await(there.receiveMessage());
    Connection theirs = await(side(Kind.STREAM).answer(there, Runnable::run));
    Connection ours = await(asking);
    Payload piece = Payload.wrap(new byte[64 << 10]);
    long sent = 0;
    while (theirs.trySend(piece)) {
      sent += piece.length();
    }
    here.send(Payload.utf8("overtaken by nothing"));
    assertThat(await(there.receiveMessage()).content())
        .isEqualTo(Payload.utf8("overtaken by nothing"));
    theirs.send(Payload.empty(), SendOptions.FINAL);
    long read = 0;
    Received next;
    do {
      next = await(ours.receiveMessage());
      read += next.content().length();
    } while (!next.endOfStream());
    assertThat(read).isEqualTo(sent).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void thePortTakesNobodyButThePeer(Kind kind) {
    CompletableFuture<Connection> come = side(kind).answer(there, Runnable::run);
    ByteBuffer answer = await(here.receiveMessage()).content().asByteBuffer();
    Endpoint port = Endpoint.hostPort("127.0.0.1", Short.toUnsignedInt(answer.getShort()));
    byte[] key = new byte[answer.remaining()];
    answer.get(key);

    Connection withoutKey = dial(kind, port, "127.0.0.1", PreSharedKey.random("side"));
    assertThatThrownBy(() -> await(withoutKey.ready())).hasMessageContaining("key");
    Connection fromElsewhere = dial(kind, port, "127.0.0.2", PreSharedKey.of("side", key));
    assertThatThrownBy(() -> fromElsewhere.ready().get(2, TimeUnit.SECONDS))
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isInstanceOf(TimeoutException.class),
            thrown -> assertThat(thrown).hasMessageContaining("127.0.0.1"));
    assertThat(come).isNotDone();

    Connection peer = await(dial(kind, port, "127.0.0.1", PreSharedKey.of("side", key)).ready());
    await(come);
    await(peer.send(Payload.utf8("I am it")));
    assertThat(await(come.join().receiveMessage()).content()).isEqualTo(Payload.utf8("I am it"));
    Connection late = dial(kind, port, "127.0.0.1", PreSharedKey.of("side", key));
    assertThatThrownBy(() -> late.ready().get(2, TimeUnit.SECONDS)).isNotNull();
  }

  private Connection dial(Kind kind, Endpoint port, String from, PreSharedKey key) {
    try {
      return network
          .connection(
              port,
              (kind == Kind.DATAGRAMS ? Parameters.udp() : Parameters.tcp())
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
