package dev.earshot.security.tls.dtls;

/**
 * Which of the last 64 records of an epoch have come (RFC 6347, section 4.1.2.6). Pure; for one
 * thread.
 */
final class ReplayWindow {
  private static final int SIZE = Long.SIZE;

  /** The highest number that has come; -1 before any. */
  private long highest = -1;

  /** Bit i says whether {@code highest - i} has come. */
  private long seen;

  /** Whether a record with {@code number} may be new: neither seen nor older than the window. */
  boolean admits(long number) {
    if (number > highest) {
      return true;
    }
    long age = highest - number;
    return age < SIZE && (seen & (1L << age)) == 0;
  }

  /** The record with {@code number} was genuine: only then does it count. */
  void accept(long number) {
    if (number > highest) {
      long ahead = number - highest;
      seen = ahead >= SIZE ? 0 : seen << ahead;
      highest = number;
      seen |= 1;
    } else {
      seen |= 1L << (highest - number);
    }
  }
}
