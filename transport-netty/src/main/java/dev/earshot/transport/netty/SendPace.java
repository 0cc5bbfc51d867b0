package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import java.util.OptionalLong;

/**
 * How fast datagrams leave: so many bytes a second, a little more at once after a rest. Nobody
 * tells a sender of datagrams to wait, so whoever sends as fast as it can overruns the receiver's
 * socket. Pure.
 *
 * <p>If nobody says how many, they are {@link #USUAL}, and more on a machine that is fast: as many
 * as the system takes in seven tenths of the time. A receiver on this machine is about as fast in
 * reading them; over a link that is slower, the socket mostly has no room long before.
 */
@LoopConfined
final class SendPace {
  /** What may leave at once after a rest, at most: an eighth of what a socket of ours asks for. */
  static final int MOST_AT_ONCE = 512 << 10;

  /** The bytes in a second if nobody says how many, at least: 18 Gbit/s. */
  static final long USUAL = 2_250_000_000L;

  /** The same, at most: 40 Gbit/s. */
  static final long MOST = 5_000_000_000L;

  /** Of the time, how much the system may need to take what leaves. */
  private static final double SHARE = 0.7;

  /**
   * How much of a difference counts, which for writes of 64 KiB makes it an average over about a
   * GB. Not less: to a receiver that has no room for a moment the system throws datagrams away,
   * which is faster than to hand them over, and must not be taken for a reason to send more.
   */
  private static final double WEIGHT = 1.0 / (1 << 14);

  /** What takes so many times as long was interrupted by something else. */
  private static final double LONGEST = 4;

  /** What may leave at once after a rest, as the time in which that much is sent. */
  private static final double BURST_SECONDS = 0.001;

  private static final double NANOS = 1e9;

  private final boolean adapts;
  private final double burst;
  private double bytesPerNano;

  /** How long the system takes for a byte, if that is what counts. */
  private double nanosPerByte;

  private double room;
  private long at;

  /**
   * A pace that has rested.
   *
   * @param bytesPerSecond how much leaves at most, if somebody says so
   * @param nanoTime the loop's time now
   */
  SendPace(OptionalLong bytesPerSecond, long nanoTime) {
    adapts = bytesPerSecond.isEmpty();
    long rate = bytesPerSecond.orElse(USUAL);
    bytesPerNano = rate / NANOS;
    nanosPerByte = SHARE / bytesPerNano;
    burst = Math.max(1, Math.min(MOST_AT_ONCE, rate * BURST_SECONDS));
    room = burst;
    at = nanoTime;
  }

  /** Lets the time pass. */
  void advance(long nanoTime) {
    room = Math.min(burst, room + (nanoTime - at) * bytesPerNano);
    at = nanoTime;
  }

  /** Whether another datagram may leave; a large one may, and then there is a longer pause. */
  boolean hasRoom() {
    return room > 0;
  }

  /** So many bytes leave. */
  void spend(int bytes) {
    room -= bytes;
  }

  /** The system has taken so many bytes, in so many nanoseconds. */
  void took(int bytes, long nanos) {
    if (adapts) {
      double now = Math.min((double) nanos / bytes, nanosPerByte * LONGEST);
      double average = nanosPerByte + (now - nanosPerByte) * WEIGHT;
      nanosPerByte = Math.max(SHARE * NANOS / MOST, Math.min(SHARE * NANOS / USUAL, average));
      bytesPerNano = SHARE / nanosPerByte;
    }
  }

  /**
   * How long there is no room, and not for half of what may leave at once, so that it is worth it.
   */
  long pauseNanos() {
    return (long) Math.ceil((burst / 2 - room) / bytesPerNano);
  }
}
