package dev.earshot.transport.netty;

import dev.earshot.UnreachableException;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.LoopConfined;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where an outgoing connection leaves from: a port of the system's choice, or the one that its
 * parameters name.
 *
 * <p>A port that is named is bound on one address, that by which the way to the peer leads. So
 * attempts over IPv4 and over IPv6 that race have it both. Sockets of TCP share it (SO_REUSEADDR),
 * as long as their peers differ and none of them listens: what is still in TIME_WAIT is no
 * obstacle. Datagrams that arrive could not be told apart then, so their sockets share none.
 */
@LoopConfined
final class LocalEnd {
  /** One that was closed just now is freed, with NIO, when its loop waits the next time. */
  private static final int ATTEMPTS = 4;

  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(20);

  private final NettyLoop loop;
  private final InetSocketAddress remote;
  private final @Nullable InetSocketAddress address;

  LocalEnd(NettyLoop loop, DialRequest request) {
    this.loop = loop;
    this.remote = request.remote();
    int port = request.parameters().localPort();
    Optional<InetAddress> chosen = request.local();
    if (port != 0 && chosen.isEmpty()) {
      chosen = Optional.of(UdpSystem.localAddress(remote).orElseGet(this::anyAddress));
    }
    address = chosen.map(local -> new InetSocketAddress(local, port)).orElse(null);
  }

  private InetAddress anyAddress() {
    String any = remote.getAddress() instanceof Inet6Address ? "::" : "0.0.0.0";
    return new InetSocketAddress(any, 0).getAddress();
  }

  /** Whether the port is known beforehand, to us and to strangers. */
  boolean isNamed() {
    return address != null && address.getPort() != 0;
  }

  /** Connects {@code channel}, which is registered; {@code done} is told why not, or null. */
  void connect(Channel channel, Consumer<@Nullable Throwable> done) {
    if (!isNamed()) {
      channel.connect(remote, address).addListener(connected -> done.accept(connected.cause()));
      return;
    }
    if (channel instanceof SocketChannel) {
      channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    }
    bind(channel, ATTEMPTS, done);
  }

  private void bind(Channel channel, int attemptsLeft, Consumer<@Nullable Throwable> done) {
    channel
        .bind(address)
        .addListener(
            bound -> {
              Throwable cause = bound.cause();
              if (cause == null) {
                connectBound(channel, done);
              } else if (SocketErrors.isAddressInUse(cause) && attemptsLeft > 1) {
                loop.schedule(BETWEEN_ATTEMPTS, () -> bind(channel, attemptsLeft - 1, done));
              } else {
                done.accept(cause);
              }
            });
  }

  private void connectBound(Channel channel, Consumer<@Nullable Throwable> done) {
    channel
        .connect(remote)
        .addListener(
            connected -> {
              Throwable cause = connected.cause();
              done.accept(cause != null && isPairTaken(cause) ? pairTaken(cause) : cause);
            });
  }

  /** The address is there, or binding would have failed: so it is the two ends together. */
  private static boolean isPairTaken(Throwable cause) {
    return SocketErrors.isAddressInUse(cause) || SocketErrors.isAddressUnknown(cause);
  }

  private static ConnectException pairTaken(Throwable cause) {
    ConnectException words =
        new ConnectException("port in use with the same peer, or until a moment ago");
    words.initCause(cause);
    return words;
  }

  /** That connecting to {@code peer} did not work, which names this end if its port was named. */
  UnreachableException unreachable(String peer, Throwable cause) {
    String from = isNamed() && address != null ? " from " + words(address) : "";
    return SocketErrors.unreachable("connecting to " + peer + from, cause);
  }

  private static String words(InetSocketAddress end) {
    String host = end.getAddress().getHostAddress();
    return (end.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
        + ":"
        + end.getPort();
  }
}
