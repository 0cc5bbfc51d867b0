package dev.earshot.internal.connection;

import dev.earshot.EstablishmentReport.AddressAttempt;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One go at bringing a pipe about, from looking up to the end of the handshakes, with its
 * deadlines. Tells what becomes of it to the {@link Dial.Events} it was made with, never inside a
 * call.
 */
@LoopConfined
interface Attempt {
  /** Begins. Once. */
  void begin();

  /** Gives up and frees everything; nothing is told any more. */
  void cancel();

  /** Gives up the addresses that are being dialled and goes on with the next. */
  void cancelCurrentEndpoint();

  /** What it has measured. */
  Trace trace();

  /**
   * What an attempt has measured. Immutable.
   *
   * @param resolution how long the look-up took, if there was one
   * @param addresses what became of the addresses
   */
  record Trace(Optional<Duration> resolution, List<AddressAttempt> addresses) {
    static final Trace NONE = new Trace(Optional.empty(), List.of());
  }

  /** What it is doing, for messages: {@code looking up Den._echo._tcp.local.}. */
  String stage();
}
