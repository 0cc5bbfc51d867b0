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
   * @param idle the silence before the first probe, in whole seconds
   * @param interval the time between two probes, in whole seconds
   * @param count how many unanswered probes end the connection
   */
  public record KeepAlive(Duration idle, Duration interval, int count) {
    /** Checks that all are at least 1. */
    public KeepAlive {
      if (idle.toSeconds() < 1 || interval.toSeconds() < 1 || count < 1) {
        throw new IllegalArgumentException(
            "keep-alive of " + idle + ", " + interval + ", " + count + ": each must be at least 1");
      }
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

  /** When probes are sent on a silent connection; after 2 s, every 5 s, 3 times by default. */
  public Optional<KeepAlive> keepAlive() {
    return keepAlive;
  }

  /**
   * How long sent bytes may stay without acknowledgement before the connection fails; 30 s by
   * default. Takes effect where the platform has such an option (Linux with the native transport).
   */
  public Optional<Duration> dropTime() {
    return dropTime;
  }

  /** Collects options. Not safe for several threads. */
  public static final class Builder {
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
      keepAlive = Optional.of(new KeepAlive(idle, interval, count));
      return this;
    }

    /** Sends no probes. */
    public Builder withoutKeepAlive() {
      keepAlive = Optional.empty();
      return this;
    }

    /** Sets {@link TcpOptions#dropTime()}. */
    public Builder dropTime(Duration time) {
      if (Objects.requireNonNull(time, "time").isNegative() || time.isZero()) {
        throw new IllegalArgumentException("dropTime " + time + " is not positive");
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
