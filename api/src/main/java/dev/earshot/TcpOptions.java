package dev.earshot;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How TCP behaves under a connection or a listener's connections. Immutable.
 *
 * <p>The defaults suit a local network: no delay, keep-alive after 2 s of silence every 5 s, given
 * up after 3 without an answer.
 */
public final class TcpOptions {
  /** The defaults. */
  public static final TcpOptions DEFAULT = new Builder().build();

  private final boolean noDelay;
  private final Optional<KeepAlive> keepAlive;
  private final Optional<Duration> dropTime;

  /**
   * When probes are sent on a silent connection (RFC 9293, section 3.8.4).
   *
   * <p>Where the platform cannot set the three, keep-alive is on with the system's own values.
   *
   * @param idle the silence before the first probe, in whole seconds, 1 to 32,767
   * @param interval the time between two probes, in whole seconds, 1 to 32,767
   * @param count how many unanswered probes end the connection, 1 to 127
   */
  public record KeepAlive(Duration idle, Duration interval, int count) {
    // What Linux takes (tcp(7)); more would fail when a connection is made.
    private static final int MOST_SECONDS = 32_767;
    private static final int MOST_PROBES = 127;

    /** Checks the bounds. */
    public KeepAlive {
      if (!isWithin(idle.toSeconds(), MOST_SECONDS)
          || !isWithin(interval.toSeconds(), MOST_SECONDS)
          || !isWithin(count, MOST_PROBES)) {
        throw new IllegalArgumentException(
            "keep-alive of %s, %s, %d: idle and interval must be 1 to %d s, the count 1 to %d"
                .formatted(idle, interval, count, MOST_SECONDS, MOST_PROBES));
      }
    }

    private static boolean isWithin(long value, int most) {
      return value >= 1 && value <= most;
    }
  }

  private TcpOptions(Builder builder) {
    noDelay = builder.noDelay;
    keepAlive = builder.keepAlive;
    dropTime = builder.dropTime;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Whether small writes leave at once, without Nagle's algorithm; true by default. */
  public boolean noDelay() {
    return noDelay;
  }

  /**
   * When probes are sent on a silent connection; after 2 s, every 5 s, 3 times by default, so that
   * a peer that is gone is noticed 17 to 20 s after its last sign of life: Linux probes again an
   * interval after a probe that was answered, where that is longer than the idle time. With an
   * interval no longer than that it is the idle time and an interval for each probe, give or take a
   * second. Nothing is probed while something that was sent is unacknowledged: see {@link
   * #dropTime()}.
   */
  public Optional<KeepAlive> keepAlive() {
    return keepAlive;
  }

  /**
   * How long sent bytes may wait without progress before the connection fails with {@link
   * ConnectionLostException}; 30 s by default.
   *
   * <p>With the native transport for Linux it counts from the first byte that the peer's system has
   * not acknowledged, and is at most a second late. Elsewhere Java cannot see acknowledgements: it
   * counts while bytes wait that the own system has no room for, so that a loss is noticed only
   * once as much was sent as its buffer holds; keep-alive notices the rest. On both a peer that
   * reads nothing for so long counts as lost, when its buffers are full: a program that lets
   * senders wait for longer than this asks its peers for a longer drop time, or none.
   */
  public Optional<Duration> dropTime() {
    return dropTime;
  }

  /** The options, without values that may be secret. */
  @Override
  public String toString() {
    return "TcpOptions["
        + (noDelay ? "noDelay" : "delay")
        + keepAlive.map(probes -> ", " + probes).orElse(", no keep-alive")
        + dropTime.map(time -> ", dropTime " + time).orElse("")
        + "]";
  }

  /** Collects options. Not safe for several threads. */
  public static final class Builder {
    // The system counts milliseconds in 31 bits, and 0 means its own default (RFC 5482, tcp(7)).
    private static final Duration SHORTEST_DROP = Duration.ofMillis(1);
    private static final Duration LONGEST_DROP = Duration.ofDays(24);

    private boolean noDelay = true;
    private Optional<KeepAlive> keepAlive =
        Optional.of(new KeepAlive(Duration.ofSeconds(2), Duration.ofSeconds(5), 3));
    private Optional<Duration> dropTime = Optional.of(Duration.ofSeconds(30));

    private Builder() {}

    /** Makes small writes wait for company (Nagle's algorithm). */
    public Builder delay() {
      noDelay = false;
      return this;
    }

    /** Sets {@link TcpOptions#keepAlive()}. */
    public Builder keepAlive(Duration idle, Duration interval, int count) {
      Objects.requireNonNull(idle, "idle");
      Objects.requireNonNull(interval, "interval");
      keepAlive = Optional.of(new KeepAlive(idle, interval, count));
      return this;
    }

    /** Sends no probes. */
    public Builder withoutKeepAlive() {
      keepAlive = Optional.empty();
      return this;
    }

    /** Sets {@link TcpOptions#dropTime()}, from a millisecond to 24 days. */
    public Builder dropTime(Duration time) {
      Objects.requireNonNull(time, "time");
      if (time.compareTo(SHORTEST_DROP) < 0 || time.compareTo(LONGEST_DROP) > 0) {
        throw new IllegalArgumentException(
            "dropTime " + time + " is not within " + SHORTEST_DROP + " to " + LONGEST_DROP);
      }
      dropTime = Optional.of(time);
      return this;
    }

    /** Leaves the drop time to the system. */
    public Builder withoutDropTime() {
      dropTime = Optional.empty();
      return this;
    }

    /** The options. */
    public TcpOptions build() {
      return new TcpOptions(this);
    }
  }
}
