package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.TcpOptions;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a socket is told, read back from the system. */
@Tag("network")
class SocketOptionsNetworkTest {
  private static final TcpOptions OPTIONS =
      TcpOptions.builder()
          .keepAlive(Duration.ofSeconds(7), Duration.ofSeconds(3), 4)
          .dropTime(Duration.ofSeconds(9))
          .build();

  private static SocketChannel prepared(String natives, TcpOptions options) {
    SocketChannel channel = NativeTransports.named(natives).sockets().get();
    SocketOptions.prepare(
        channel, options, new ReadDemand(new KeptBuffer(ByteBufAllocator.DEFAULT, 1_024)));
    return channel;
  }

  private static void close(SocketChannel channel) {
    channel.unsafe().closeForcibly();
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void keepAliveAndDelayAreAsConfigured(String natives) {
    SocketChannel channel = prepared(natives, OPTIONS);
    assertThat(channel.config().isKeepAlive()).isTrue();
    assertThat(channel.config().isTcpNoDelay()).isTrue();
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(channel.config().isAllowHalfClosure()).isTrue();
    close(channel);
    channel = prepared(natives, TcpOptions.builder().withoutKeepAlive().delay().build());
    assertThat(channel.config().isKeepAlive()).isFalse();
    assertThat(channel.config().isTcpNoDelay()).isFalse();
    close(channel);
  }

  @Test
  void nioSetsTheTimesOfKeepAlive() {
    SocketChannel channel = prepared("nio", OPTIONS);
    Integer idle =
        channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE));
    Assumptions.assumeTrue(idle != null, "this system does not set them");
    assertThat(idle).isEqualTo(7);
    assertThat(
            channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL)))
        .isEqualTo(3);
    assertThat(channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT)))
        .isEqualTo(4);
    close(channel);
  }

  @Test
  void epollSetsTheTimesOfKeepAlive() {
    Natives.assume("epoll");
    SocketChannel channel = prepared("epoll", OPTIONS);
    assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(7);
    assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL)).isEqualTo(3);
    assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPCNT)).isEqualTo(4);
    close(channel);
  }

  @Test
  void withoutKeepAliveEpollSetsTheDropTimeForGood() {
    Natives.assume("epoll");
    SocketChannel channel =
        prepared(
            "epoll",
            TcpOptions.builder().withoutKeepAlive().dropTime(Duration.ofSeconds(9)).build());
    assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT)).isEqualTo(9_000);
    close(channel);
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void theLargestValuesAreNoFailure(String natives) {
    TcpOptions extreme =
        TcpOptions.builder()
            .keepAlive(Duration.ofSeconds(32_767), Duration.ofSeconds(32_767), 127)
            .build();
    SocketChannel channel = prepared(natives, extreme);
    assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
    close(channel);
  }
}
