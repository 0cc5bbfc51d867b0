package dev.earshot.discovery.mdns;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many packets a sender, and all senders together, may have looked at: token buckets.
 *
 * <p>One loud sender uses up its own share only, so that the others are still heard. Used by the
 * thread that reads the packets of a link.
 */
final class SourceLimits {
  private static final int MAXIMUM_SOURCES = 512;
  private static final long NANOS = 1_000_000_000L;

  private final int perSource;
  private final Bucket all;
  private final Map<InetAddress, Bucket> sources =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Bucket> eldest) {
          return size() > MAXIMUM_SOURCES;
        }
      };

  /** Allows a source {@code perSource} packets a second, and all together {@code inAll}. */
  SourceLimits(int perSource, int inAll) {
    this.perSource = perSource;
    this.all = new Bucket(inAll);
  }

  /** Whether a packet from {@code source} that came at {@code nanos} may be looked at. */
  boolean admit(InetAddress source, long nanos) {
    return sources.computeIfAbsent(source, s -> new Bucket(perSource)).take(nanos)
        && all.take(nanos);
  }

  /** Fills at a rate, and holds three seconds' worth. */
  private static final class Bucket {
    private static final int SECONDS_HELD = 3;

    private final long nanosEach;
    private final long full;
    private long level;
    private long filledAt;
    private boolean used;

    Bucket(int perSecond) {
      nanosEach = NANOS / perSecond;
      full = SECONDS_HELD * NANOS;
      level = full;
    }

    boolean take(long nanos) {
      level = used ? Math.min(full, level + Math.max(0, nanos - filledAt)) : full;
      used = true;
      filledAt = nanos;
      if (level < nanosEach) {
        return false;
      }
      level -= nanosEach;
      return true;
    }
  }
}
