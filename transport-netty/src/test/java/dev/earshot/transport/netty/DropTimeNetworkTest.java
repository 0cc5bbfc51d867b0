package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.ConnectionLostException;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.TcpOptions;
import dev.earshot.spi.Outgoing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that takes nothing any more is lost after the drop time, whoever notices. */
@Tag("network")
@Tag("once")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class DropTimeNetworkTest {
  private static final Duration DROP_TIME = Duration.ofSeconds(1);

  /** Much more than the time between two reads, also on a computer that does other things too. */
  private static final Duration LONG_DROP_TIME = Duration.ofSeconds(4);

  /** How much later it may be. */
  private static final Duration LATE = Duration.ofSeconds(1);

  private static final int SMALL_BUFFER = 8 << 10;

  @Parameter String natives;

  private Bench bench;
  private ServerSocket server;

  /** When there was room for something the last time. */
  private volatile long lastTaken;

  @BeforeEach
  void open() throws Exception {
    bench = new Bench(natives);
    server = new ServerSocket();
    server.setReceiveBufferSize(SMALL_BUFFER);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    bench.close();
  }

  /** Sends without end. */
  private End flooding(Duration dropTime) {
    End client =
        new End(bench.transport.nextLoop()) {
          private final Payload piece = Payload.wrap(new byte[60 << 10]);

          @Override
          public @Nullable Outgoing poll() {
            lastTaken = System.nanoTime();
            return new Outgoing() {
              @Override
              public Payload content() {
                return piece;
              }

              @Override
              public SendOptions options() {
                return SendOptions.DEFAULT;
              }
            };
          }
        };
    Parameters parameters =
        Parameters.tcp().tcp(TcpOptions.builder().dropTime(dropTime).build()).build();
    return bench.dial(client, server.getLocalPort(), parameters, Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aPeerThatReadsNothingIsLostAfterTheDropTime(int seconds) throws Exception {
    Duration dropTime = Duration.ofSeconds(seconds);
    long begin = System.nanoTime();
    End client = flooding(dropTime);
    try (Socket peer = server.accept()) {
      End.await(client.ready);
      NetworkException cause = End.await(client.failed);
      long end = System.nanoTime();
      assertThat(cause)
          .isInstanceOf(ConnectionLostException.class)
          .hasMessageContaining("timed out");
      assertThat(Duration.ofNanos(end - begin)).isGreaterThanOrEqualTo(dropTime);
      assertThat(Duration.ofNanos(end - lastTaken)).isLessThanOrEqualTo(dropTime.plus(LATE));
      assertThat(peer.isConnected()).isTrue();
    }
  }

  @Test
  void aPeerThatReadsALittleNowAndThenIsNotLost() throws Exception {
    End client = flooding(LONG_DROP_TIME);
    try (Socket peer = server.accept()) {
      End.await(client.ready);
      long end = System.nanoTime() + LONG_DROP_TIME.plus(DROP_TIME).toNanos();
      while (System.nanoTime() < end) {
        assertThat(peer.getInputStream().readNBytes(1 << 20)).hasSize(1 << 20);
        assertThatThrownBy(() -> client.failed.get(DROP_TIME.toMillis() / 5, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
      }
      client.abort();
    }
  }
}
