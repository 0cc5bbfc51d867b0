package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;

/**
 * How fast datagrams leave: so many bytes a second, a little more at once after a rest. Nobody
 * tells a sender of datagrams to wait, so whoever sends as fast as it can overruns the receiver's
 * socket. Pure.
 */
@LoopConfined
final class SendPace {
  /** What may leave at once after a rest, at most: an eighth of what a socket of ours asks for. */
  static final int MOST_AT_ONCE = 512 << 10;

  /** What may leave at once after a rest, as the time in which that much is sent. */
  private static final double BURST_SECONDS = 0.001;

  private static final double NANOS = 1e9;

  private final double bytesPerNano;
  private final double burst;
  private double room;
  private long at;

  /**
   * A pace that has rested.
   *
   * @param bytesPerSecond how much leaves at most
   * @param nanoTime the loop's time now
   */
  SendPace(long bytesPerSecond, long nanoTime) {
    bytesPerNano = bytesPerSecond / NANOS;
    burst = Math.max(1, Math.min(MOST_AT_ONCE, bytesPerSecond * BURST_SECONDS));
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

  /**
   * How long there is no room, and not for half of what may leave at once, so that it is worth it.
   */
  long pauseNanos() {
    return (long) Math.ceil((burst / 2 - room) / bytesPerNano);
  }
}
