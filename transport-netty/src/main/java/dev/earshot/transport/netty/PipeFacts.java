package dev.earshot.transport.netty;

import dev.earshot.DataTransferReport;
import dev.earshot.EstablishmentReport;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkPath;
import dev.earshot.SecurityMetadata;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is known of a connection when it is ready.
 *
 * @param path where it goes
 * @param peer the other side, for messages
 * @param security what TLS settled, if there is TLS
 * @param upgrade the HTTP upgrade that it began with, if there was one
 * @param peerClosesFirst whether it is the peer's part to end TCP after the farewells
 * @param handshakes how long they took
 * @param tcp what the system says of the connection; to be asked on the loop
 */
record PipeFacts(
    NetworkPath path,
    String peer,
    Optional<SecurityMetadata> security,
    Optional<HttpUpgrade> upgrade,
    boolean peerClosesFirst,
    List<EstablishmentReport.Handshake> handshakes,
    Supplier<Optional<DataTransferReport.Tcp>> tcp) {

  /** What the system says of a socket; nothing where it does not tell, or once closed. */
  static Optional<DataTransferReport.Tcp> tcp(SocketChannel channel) {
    if (!(channel instanceof EpollSocketChannel) || !channel.isOpen()) {
      return Optional.empty();
    }
    EpollTcpInfo info = ((EpollSocketChannel) channel).tcpInfo();
    return Optional.of(
        new DataTransferReport.Tcp(
            Duration.of(info.rtt(), ChronoUnit.MICROS),
            Duration.of(info.rttvar(), ChronoUnit.MICROS),
            info.totalRetrans()));
  }
}
