package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;

/**
 * How many datagrams the engine of a QUIC connection may be given. Pure.
 *
 * <p>The engine keeps those that congestion control does not let leave (RFC 9221, section 5.4), and
 * throws away without a word what its queue has no room for. It tells neither how long that queue
 * is nor when it is shorter, but how many bytes it has sent. That is enough for a bound on what it
 * keeps:
 *
 * <ul>
 *   <li>Whenever it is asked to, it sends until its queue is empty or it may send no more. So if at
 *       least as many bytes leave as it is given, nothing was kept, and nothing is.
 *   <li>Datagrams and streams take turns, so of what leaves, each two packets of full size take at
 *       least one datagram along. Acknowledgements, which leave in any case, are so small that it
 *       takes dozens of them to count for one.
 * </ul>
 */
@LoopConfined
final class EngineQueue {
  /** As many are given at once, at most, so that they can share packets and system calls. */
  static final int BATCH = 16;

  /** What it may keep before it is given no more, but for one at times to see whether it does. */
  static final int WINDOW = 64;

  /** What the engine's queue is told to hold. */
  static final int LENGTH = 256;

  private static final int LONGEST_PAUSE_MILLIS = 1_000;

  private final long bytesForOne;

  /** How many it keeps, at most. */
  private int kept;

  /** What had left, of all that can be accounted for. */
  private long accounted;

  private long doubtedAt = -1;
  private boolean doubted;
  private int pauseMillis;
  private long pausedAt = -1;

  /** The queue of an engine whose packets have so many bytes. */
  EngineQueue(int packet) {
    bytesForOne = 2L * packet;
  }

  /** How many may be given, when so many bytes have left in all. */
  int room(long bytes) {
    account(bytes);
    int room = Math.min(BATCH, WINDOW - kept);
    return doubted ? Math.max(1, room) : Math.max(0, room);
  }

  private void account(long bytes) {
    long gone = Math.max(0, (bytes - accounted) / bytesForOne);
    if (gone >= kept) {
      kept = 0;
      accounted = bytes;
    } else {
      kept -= (int) gone;
      accounted += gone * bytesForOne;
    }
  }

  /** So many were given, with {@code size} bytes, before and after which so many had left. */
  void gave(int count, long size, long before, long after) {
    doubted = false;
    if (after - before >= size) {
      kept = 0;
      accounted = after;
    } else {
      kept += count;
    }
  }

  /**
   * One may be given although nothing says that there is room; of an engine that keeps many, only
   * if something has left since the last time.
   */
  void doubt(long bytes) {
    doubted = !keepsMany() || bytes != doubtedAt;
    doubtedAt = bytes;
  }

  /**
   * How long to wait until the next look at an engine that has no room, and has sent so many bytes:
   * a moment while it sends, else twice as long each time, up to a second.
   */
  int pauseMillis(long bytes) {
    int next = bytes == pausedAt ? Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS) : 1;
    pauseMillis = keepsMany() ? LONGEST_PAUSE_MILLIS : next;
    pausedAt = bytes;
    return pauseMillis;
  }

  /** Whether it keeps what it was given on doubt, more than once or twice: it has not sent long. */
  boolean keepsMany() {
    return kept >= LENGTH / 2;
  }
}
