package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;

/**
 * How many datagrams the engine of a QUIC connection may be given. Pure.
 *
 * <p>The engine keeps those that congestion control does not let leave (RFC 9221, section 5.4), and
 * throws away without a word what its queue has no room for. It tells neither how long that queue
 * is nor when it is shorter, but how many packets it has sent. That is enough: whenever it is asked
 * to, it sends until its queue is empty or it may send no more. So if packets leave with what it is
 * given, all that it was given before had left; and if none does, it is stuck, and has two batches
 * at most. Each two packets that leave after that have taken at least one datagram along, since
 * datagrams and streams take turns, and one more can be given to see whether it still is stuck.
 */
@LoopConfined
final class EngineQueue {
  /** As many are given at once, so that they can share packets and system calls. */
  static final int BATCH = 16;

  /**
   * What the engine's queue is told to hold: the two batches, and one for each look that was taken
   * on the mere suspicion that it is not stuck any more, which are few.
   */
  static final int LENGTH = 256;

  private static final int PACKETS_FOR_ONE = 2;

  private boolean stuck;
  private boolean doubted;
  private long sent;

  /** How many may be given, when so many packets have left in all. */
  int room(long packets) {
    if (!stuck) {
      return BATCH;
    }
    return doubted || packets - sent >= PACKETS_FOR_ONE ? 1 : 0;
  }

  /** Some were given, before and after which so many packets had left. */
  void gave(long before, long after) {
    stuck = before == after;
    doubted = false;
    sent = after;
  }

  /** One may be given although nothing says that there is room. */
  void doubt() {
    doubted = true;
  }

  /** Whether it keeps what it is given. */
  boolean isStuck() {
    return stuck;
  }
}
