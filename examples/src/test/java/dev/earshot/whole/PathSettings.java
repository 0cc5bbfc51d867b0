package dev.earshot.whole;

import dev.earshot.Parameters;
import dev.earshot.TcpOptions;
import java.time.Duration;

/** How a dead peer is to be noticed. */
enum PathSettings {
  /** As it comes. */
  DEFAULTS(TcpOptions.DEFAULT),

  /** By probes: noticed five seconds after the last sign of life, whatever the drop time. */
  KEEP_ALIVE(
      TcpOptions.builder().keepAlive(Duration.ofSeconds(1), Duration.ofSeconds(2), 2).build()),

  /** By what was sent and is not acknowledged: noticed after six seconds. */
  DROP_TIME(TcpOptions.builder().dropTime(Duration.ofSeconds(6)).build()),

  /** Only after a minute. */
  PATIENT(TcpOptions.builder().withoutKeepAlive().dropTime(Duration.ofSeconds(60)).build());

  /** A dozen programs that start at once on a busy computer are slow to shake hands. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TcpOptions options;

  PathSettings(TcpOptions options) {
    this.options = options;
  }

  Parameters.Builder of(PathTransport transport) {
    Parameters.Builder parameters =
        transport.parameters().maximumHandshakes(64, 64).handshakeTimeout(PATIENCE);
    return transport.isTcp() ? parameters.tcp(options) : parameters;
  }
}
