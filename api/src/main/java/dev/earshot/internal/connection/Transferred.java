package dev.earshot.internal.connection;

import dev.earshot.DataTransferReport;
import dev.earshot.NetworkPath;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a connection has carried, counted where it is looked at anyway. */
@LoopConfined
final class Transferred {
  private final Loop loop;
  private long begun;
  private Duration lasted = Duration.ZERO;
  private long bytes;
  private long pieces;
  private @Nullable Pipe pipe;

  Transferred(Loop loop) {
    this.loop = loop;
  }

  /** The connection is ready. */
  void begin(Pipe carrier) {
    pipe = carrier;
    begun = loop.nanoTime();
  }

  /** Takes note of what has arrived. */
  void received(Batch come) {
    bytes += come.bytes();
    pieces += come.transferred();
  }

  /** The connection is over. */
  void end() {
    if (pipe != null) {
      lasted = Duration.ofNanos(loop.nanoTime() - begun);
      pipe = null;
    }
  }

  /** All until now, which may be asked again. */
  DataTransferReport report(SendQueue sends, Optional<NetworkPath> path) {
    Pipe carrier = pipe;
    return new DataTransferReport(
        carrier == null ? lasted : Duration.ofNanos(loop.nanoTime() - begun),
        sends.bytesTaken(),
        sends.piecesTaken(),
        bytes,
        pieces,
        path,
        carrier == null ? Optional.empty() : carrier.tcp());
  }
}
