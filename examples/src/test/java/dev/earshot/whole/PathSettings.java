package dev.earshot.whole;

import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.QuicOptions;
import dev.earshot.TcpOptions;
import java.time.Duration;

/** How a dead peer is to be noticed. */
enum PathSettings {
  /** As it comes. */
  DEFAULTS(TcpOptions.DEFAULT, quic().build()),

  /**
   * By probes: noticed five seconds after the last sign of life, whatever the drop time. QUIC
   * counts its idle timeout from the first packet that it sends after that (RFC 9000, 10.1).
   */
  KEEP_ALIVE(
      TcpOptions.builder().keepAlive(Duration.ofSeconds(1), Duration.ofSeconds(1), 4).build(),
      quic().keepAlive(Duration.ofMillis(500)).idleTimeout(Duration.ofMillis(4_500)).build()),

  /** By what was sent and is not acknowledged: noticed after six seconds. */
  DROP_TIME(
      TcpOptions.builder().dropTime(Duration.ofSeconds(6)).build(),
      quic().idleTimeout(Duration.ofSeconds(6)).build()),

  /** Only after a minute. */
  PATIENT(
      TcpOptions.builder().withoutKeepAlive().dropTime(Duration.ofSeconds(60)).build(),
      quic().idleTimeout(Duration.ofSeconds(60)).build());

  /** A dozen programs that start at once on a busy computer are slow to shake hands. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TcpOptions tcp;
  private final QuicOptions quic;

  PathSettings(TcpOptions tcp, QuicOptions quic) {
    this.tcp = tcp;
    this.quic = quic;
  }

  private static QuicOptions.Builder quic() {
    return QuicOptions.builder("witness");
  }

  Parameters.Builder of(PathTransport transport) {
    Parameters.Builder parameters =
        transport.parameters().maximumHandshakes(64, 64).handshakeTimeout(PATIENCE);
    if (transport == PathTransport.QUIC) {
      return parameters.protocol(new Protocol.Quic(quic));
    }
    return transport.isTcp() ? parameters.tcp(tcp) : parameters;
  }
}
