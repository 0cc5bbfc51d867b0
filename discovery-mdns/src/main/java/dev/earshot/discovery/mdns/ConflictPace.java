package dev.earshot.discovery.mdns;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How soon to probe again after a conflict: at once, but after fifteen conflicts within ten seconds
 * only after five seconds (RFC 6762, section 8.1), so that two stubborn hosts do not fill the link.
 */
final class ConflictPace {
  private static final int CONFLICTS = 15;
  private static final long WITHIN_NANOS = 10_000_000_000L;
  private static final long PAUSE_MILLIS = 5_000;

  private final Deque<Long> recent = new ArrayDeque<>();

  /** Notes a conflict at {@code nanos}, and tells how long to wait. */
  long pauseMillis(long nanos) {
    recent.addLast(nanos);
    while (nanos - recent.getFirst() > WITHIN_NANOS) {
      recent.removeFirst();
    }
    if (recent.size() > CONFLICTS) {
      recent.removeFirst(); // never more than that are remembered
      return PAUSE_MILLIS;
    }
    return 0;
  }
}
