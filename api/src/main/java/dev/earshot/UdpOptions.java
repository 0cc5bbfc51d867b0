package dev.earshot;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How datagrams travel: how large they may be, how many wait to be read, and how many flows a
 * listener keeps. Immutable.
 */
public final class UdpOptions {
  /** What an IPv4 packet can carry (RFC 768, RFC 791): 65,535 bytes less both headers. */
  static final int LARGEST = 65_507;

  /** The defaults. */
  public static final UdpOptions DEFAULT = new Builder().build();

  private final int maximumDatagramSize;
  private final int receiveQueue;
  private final OptionalLong sendRate;
  private final int maximumFlows;
  private final int maximumFlowsPerAddress;
  private final Optional<Duration> idleTimeout;

  private UdpOptions(Builder builder) {
    maximumDatagramSize = builder.maximumDatagramSize;
    receiveQueue = builder.receiveQueue;
    sendRate = builder.sendRate;
    maximumFlows = builder.maximumFlows;
    maximumFlowsPerAddress = builder.maximumFlowsPerAddress;
    idleTimeout = builder.idleTimeout;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The largest datagram that is sent, in bytes of UDP payload, whatever the path carries; 65,507
   * by default, so that the path decides. What protection adds is taken off: see {@link
   * Connection#maximumDatagramSize()}.
   */
  public int maximumDatagramSize() {
    return maximumDatagramSize;
  }

  /**
   * The bytes of datagrams that are kept beyond {@link Parameters#receiveBuffer()} while nobody
   * reads; 256 KiB by default. When they are exceeded the oldest datagram is dropped, and counted
   * in {@link DatagramCounts#receivesDropped()}. A datagram counts 64 bytes at least.
   */
  public int receiveQueue() {
    return receiveQueue;
  }

  /**
   * The bytes of content that leave within a second at most, a little more at once after a rest.
   * Empty by default: then they are 2,250,000,000 (18 Gbit/s), and more where the machine is fast,
   * up to 5,000,000,000: as many as the system takes in seven tenths of the time, on average over
   * about a GB. Only what leaves 32 KiB or more at once tells how fast that is.
   *
   * <p>Nobody tells a sender of datagrams that they are too many for the path or for the receiver:
   * less of them are lost if no more are sent than these carry. Who knows that the receiver is
   * slower than this machine sets a rate. What has to wait for its turn waits as if the system had
   * no room: {@link Connection#trySend} says so, and of what {@link Connection#sendIdempotent}
   * sends the oldest is dropped.
   */
  public OptionalLong sendRate() {
    return sendRate;
  }

  /**
   * The flows that a listener has at most, whatever became of their connections; 1,024 by default.
   * Datagrams that would begin one more are dropped, and counted in the log.
   */
  public int maximumFlows() {
    return maximumFlows;
  }

  /** The flows that a listener has with one remote address at most; 64 by default. */
  public int maximumFlowsPerAddress() {
    return maximumFlowsPerAddress;
  }

  /**
   * How long nothing may arrive on a flow that a listener accepted before it fails with {@link
   * ConnectionLostException}; 2 minutes by default, for which every NAT keeps a mapping (RFC 4787,
   * section 4.3). What is sent does not count: anybody can make a listener send. A connection that
   * dialled has no such time.
   */
  public Optional<Duration> idleTimeout() {
    return idleTimeout;
  }

  /** The options, without values that may be secret. */
  @Override
  public String toString() {
    return "UdpOptions["
        + (maximumDatagramSize == LARGEST ? "" : "at most " + maximumDatagramSize + " bytes, ")
        + maximumFlows
        + " flows, "
        + maximumFlowsPerAddress
        + " an address"
        + idleTimeout.map(time -> ", idleTimeout " + time).orElse("")
        + "]";
  }

  /** Collects options. Not safe for several threads. */
  public static final class Builder {
    private static final int SMALLEST = 256;
    private static final int SMALLEST_QUEUE = 1 << 10;
    private static final long SLOWEST = 1_000;
    private static final Duration LONGEST_IDLE = Duration.ofDays(366);

    private int maximumDatagramSize = LARGEST;
    private int receiveQueue = 256 << 10;
    private OptionalLong sendRate = OptionalLong.empty();
    private int maximumFlows = 1_024;
    private int maximumFlowsPerAddress = 64;
    private Optional<Duration> idleTimeout = Optional.of(Duration.ofMinutes(2));

    private Builder() {}

    /** Sets {@link UdpOptions#maximumDatagramSize()}, 256 to 65,507. */
    public Builder maximumDatagramSize(int bytes) {
      maximumDatagramSize = within("maximumDatagramSize", bytes, SMALLEST, LARGEST);
      return this;
    }

    /** Sets {@link UdpOptions#receiveQueue()}, at least 1 KiB. */
    public Builder receiveQueue(int bytes) {
      receiveQueue = within("receiveQueue", bytes, SMALLEST_QUEUE, Integer.MAX_VALUE);
      return this;
    }

    /** Sets {@link UdpOptions#sendRate()}, at least 1,000 bytes a second. */
    public Builder sendRate(long bytesPerSecond) {
      if (bytesPerSecond < SLOWEST) {
        throw new IllegalArgumentException(
            "sendRate " + bytesPerSecond + " is below " + SLOWEST + " bytes a second");
      }
      sendRate = OptionalLong.of(bytesPerSecond);
      return this;
    }

    /** Sets {@link UdpOptions#maximumFlows()} and the share of one remote address in it. */
    public Builder maximumFlows(int total, int perAddress) {
      maximumFlows = within("total", total, 1, Integer.MAX_VALUE);
      maximumFlowsPerAddress = within("perAddress", perAddress, 1, Integer.MAX_VALUE);
      return this;
    }

    /** Sets {@link UdpOptions#idleTimeout()}, at most a year. */
    public Builder idleTimeout(Duration time) {
      Objects.requireNonNull(time, "time");
      if (time.isNegative() || time.isZero() || time.compareTo(LONGEST_IDLE) > 0) {
        throw new IllegalArgumentException(
            "idleTimeout " + time + " is not positive, or longer than a year");
      }
      idleTimeout = Optional.of(time);
      return this;
    }

    /** Keeps silent flows until they are cancelled: only for listeners on networks you trust. */
    public Builder withoutIdleTimeout() {
      idleTimeout = Optional.empty();
      return this;
    }

    /** The options. */
    public UdpOptions build() {
      return new UdpOptions(this);
    }

    private static int within(String name, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            name + " " + value + " is not within " + least + " to " + most);
      }
      return value;
    }
  }
}
