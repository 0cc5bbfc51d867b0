package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A peer that begins anew from the same address and port (RFC 6347, section 4.2.8), and those who
 * pretend to be one, over real sockets on loopback.
 */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class DtlsRestartNetworkTest {
  /** In a hello: two headers, and the version. */
  private static final int RANDOM_AT = 13 + 12 + 2;

  private static final PreSharedKey KEY = PreSharedKey.random("den");

  @Parameter String kind;

  private Network network;
  private UdpRelay relay;
  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() throws Exception {
    LeakWatch.begin();
    network =
        Network.builder()
            .transport(
                new TransportProvider() {
                  @Override
                  public String name() {
                    return kind;
                  }

                  @Override
                  public Transport open(Executor workers) {
                    return new NettyTransport(
                        NativeTransports.named(kind), workers, ByteBufAllocator.DEFAULT);
                  }
                })
            .open();
    Listener listener =
        network.listener(dtls(KEY).localAddress(InetAddress.getLoopbackAddress()).build());
    listener.start(
        (from, connection) -> {
          connection.start();
          arrived.add(connection);
        },
        Runnable::run);
    await(listener.ready());
    relay = new UdpRelay(listener.port().orElseThrow());
  }

  @AfterEach
  void close() {
    relay.close();
    network.close();
    LeakWatch.assertNothingReported();
  }

  private static Parameters.Builder dtls(PreSharedKey key) {
    return Parameters.udp().security(Security.psk(key));
  }

  private Connection dial(Parameters.Builder parameters) {
    return network
        .connection(Endpoint.hostPort("127.0.0.1", relay.port()), parameters.build())
        .start();
  }

  private Connection arrival() throws InterruptedException {
    Connection connection = arrived.poll(20, TimeUnit.SECONDS);
    assertThat(connection).as("a connection").isNotNull();
    return connection;
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static void talk(Connection here, Connection there, String text) {
    await(here.send(Payload.utf8(text)));
    assertThat(await(there.receiveMessage()).content().toUtf8String()).isEqualTo(text);
    await(there.send(Payload.utf8(text)));
    assertThat(await(here.receiveMessage()).content().toUtf8String()).isEqualTo(text);
  }

  @Test
  void aPeerThatBeginsAnewReplacesItsOldFlow() throws Exception {
    for (int life = 0; life < 3; life++) {
      Connection here = await(dial(dtls(KEY)).ready());
      Connection there = await(arrival().ready());
      talk(here, there, "life " + life);
      CompletableFuture<?> read = there.receiveMessage();
      here.forceCancel(); // as a crash: nobody is told

      Connection again = await(dial(dtls(KEY)).ready());
      Connection successor = await(arrival().ready());
      talk(again, successor, "another life " + life);
      assertThatThrownBy(() -> await(read))
          .hasCauseInstanceOf(ConnectionLostException.class)
          .hasMessageContaining("the peer has begun anew from the same address and port");
      assertThat(there.state()).isInstanceOf(Connection.State.Failed.class);
      again.forceCancel();
    }
    assertThat(arrived).isEmpty();
  }

  @Test
  void forgedAndRepeatedHellosEndNothing() throws Exception {
    Connection here = await(dial(dtls(KEY)).ready());
    Connection there = await(arrival().ready());
    byte[] first = relay.carried().get(0);
    byte[] second = relay.carried().get(1);
    for (byte[] hello : new byte[][] {first, second}) {
      relay.forge(hello);
      byte[] other = hello.clone();
      other[RANDOM_AT] ^= 1; // its cookie is not good any more
      relay.forge(other);
      relay.forge(Arrays.copyOf(hello, hello.length - 1));
      talk(here, there, "still the same");
    }

    assertThat(arrived).as("nobody else has come").isEmpty();
    assertThat(there.state()).isInstanceOf(Connection.State.Ready.class);
  }

  /** He can read and forge everything, cookies too, but has no key. */
  @Test
  void whoHasTheAddressButNotTheKeyEndsNothing() throws Exception {
    Connection here = await(dial(dtls(KEY)).ready());
    Connection there = await(arrival().ready());
    Connection stranger =
        dial(dtls(PreSharedKey.random("den")).handshakeTimeout(Duration.ofSeconds(3)));
    Connection attempt = arrival();
    talk(here, there, "meanwhile");
    assertThatThrownBy(() -> await(stranger.ready())).hasCauseInstanceOf(HandshakeException.class);
    talk(here, there, "afterwards");
    attempt.forceCancel();

    Connection again = await(dial(dtls(KEY)).ready()); // the true one may do so at once
    talk(again, await(arrival().ready()), "anew");
    assertThatThrownBy(() -> await(there.receiveMessage()))
        .hasCauseInstanceOf(ConnectionLostException.class);
  }
}
