package dev.earshot;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How QUIC behaves (RFC 9000): what is spoken over it, when silence ends it, how much may be under
 * way, and whether it carries datagrams. Immutable.
 */
public final class QuicOptions {
  private static final int LARGEST_PAYLOAD = 65_507;

  private final List<String> applicationProtocols;
  private final Duration idleTimeout;
  private final Optional<Duration> keepAlive;
  private final int streamWindow;
  private final int groupWindow;
  private final int maximumStreams;
  private final Optional<Integer> maximumUdpPayload;
  private final int maximumDatagramSize;

  private QuicOptions(Builder builder) {
    applicationProtocols = builder.applicationProtocols;
    idleTimeout = builder.idleTimeout;
    keepAlive = builder.keepAlive;
    streamWindow = builder.streamWindow;
    groupWindow = builder.groupWindow;
    maximumStreams = builder.maximumStreams;
    maximumUdpPayload = builder.maximumUdpPayload;
    maximumDatagramSize = builder.maximumDatagramSize;
  }

  /**
   * A builder with the defaults.
   *
   * @param applicationProtocols as {@link #applicationProtocols()} says
   * @throws IllegalArgumentException if there is none, or one is empty or longer than 255 bytes
   */
  public static Builder builder(String... applicationProtocols) {
    Objects.requireNonNull(applicationProtocols, "applicationProtocols");
    return new Builder(List.of(applicationProtocols));
  }

  /**
   * The names of what is spoken over it (ALPN, RFC 7301), dearest first; at least one, without
   * default. Both sides need one in common, byte for byte, or their handshake fails with {@link
   * HandshakeException.Reason#NO_COMMON_PROTOCOL}; the accepting side's order decides. {@link
   * SecurityMetadata#applicationProtocol()} says which it is.
   */
  public List<String> applicationProtocols() {
    return applicationProtocols;
  }

  /**
   * How long nothing may be heard of the peer before it is given up with {@link
   * ConnectionLostException}; 30 s by default, as with Apple's. The shorter time of both sides
   * counts (RFC 9000, section 10.1).
   */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /**
   * How often something is sent only so that the other side is heard of: off by default. It should
   * be less than half of both sides' idle timeout.
   *
   * <p>It is one byte on a stream of one direction, which Earshot reads and drops, and not a ping,
   * which the engine cannot send. A peer that permits no such stream is sent nothing, so that its
   * silence ends it all the same.
   */
  public Optional<Duration> keepAlive() {
    return keepAlive;
  }

  /**
   * The bytes that the peer may send on one stream before this side has read them; 1 MiB by
   * default. The engine lets it grow to 16 MiB while they are read as fast as they come.
   */
  public int streamWindow() {
    return streamWindow;
  }

  /**
   * The bytes that the peer may send on all streams together before this side has read them; 8 MiB
   * by default. The engine lets it grow to 24 MiB while they are read as fast as they come.
   */
  public int groupWindow() {
    return groupWindow;
  }

  /** How many streams the peer may have open at once; 100 by default. */
  public int maximumStreams() {
    return maximumStreams;
  }

  /**
   * The largest UDP payload that is sent, in bytes, if it was set: nobody asks whether the path
   * carries it, so set it only where you know, such as on loopback or with jumbo frames. By default
   * it is what this computer's links carry, at least 1,200 and at most 1,350.
   */
  public Optional<Integer> maximumUdpPayload() {
    return maximumUdpPayload;
  }

  /** Whether datagrams are carried beside the streams (RFC 9221); false by default. */
  public boolean datagrams() {
    return maximumDatagramSize > 0;
  }

  /**
   * The largest datagram that is sent, in bytes, whatever the path carries; 0 without datagrams.
   * See {@link Connection#maximumDatagramSize()}.
   */
  public int maximumDatagramSize() {
    return maximumDatagramSize;
  }

  /** The options. */
  @Override
  public String toString() {
    return "QUIC "
        + applicationProtocols
        + ", idleTimeout "
        + idleTimeout
        + keepAlive.map(time -> ", keepAlive " + time).orElse("")
        + (datagrams() ? ", datagrams" : "")
        + maximumUdpPayload.map(bytes -> ", UDP payload " + bytes).orElse("");
  }

  /** Collects options. Not safe for several threads. */
  public static final class Builder {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final int LONGEST_NAME = 255;
    private static final int MOST_NAMES = 64;
    private static final int SMALLEST_WINDOW = 1 << 12;
    private static final int MOST_STREAMS = 1 << 20;
    private static final int SMALLEST_PAYLOAD = 1_200;
    private static final int SMALLEST_DATAGRAM = 256;

    private final List<String> applicationProtocols;
    private Duration idleTimeout = Duration.ofSeconds(30);
    private Optional<Duration> keepAlive = Optional.empty();
    private int streamWindow = 1 << 20;
    private int groupWindow = 8 << 20;
    private int maximumStreams = 100;
    private Optional<Integer> maximumUdpPayload = Optional.empty();
    private int maximumDatagramSize;

    private Builder(List<String> applicationProtocols) {
      this.applicationProtocols = applicationProtocols;
      within("applicationProtocols", applicationProtocols.size(), 1, MOST_NAMES);
      for (String name : applicationProtocols) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > LONGEST_NAME) {
          throw new IllegalArgumentException(
              "application protocol '" + name + "' of " + length + " bytes, not 1 to 255");
        }
      }
    }

    /** Sets {@link QuicOptions#idleTimeout()}, at least 1 ms and at most a year. */
    public Builder idleTimeout(Duration time) {
      idleTimeout = requireTime("idleTimeout", time);
      return this;
    }

    /** Sets {@link QuicOptions#keepAlive()}, at least 1 ms and at most a year. */
    public Builder keepAlive(Duration every) {
      keepAlive = Optional.of(requireTime("keepAlive", every));
      return this;
    }

    /** Sets {@link QuicOptions#streamWindow()}, at least 4 KiB; raises the group's if lower. */
    public Builder streamWindow(int bytes) {
      streamWindow = within("streamWindow", bytes, SMALLEST_WINDOW, Integer.MAX_VALUE);
      groupWindow = Math.max(groupWindow, bytes);
      return this;
    }

    /** Sets {@link QuicOptions#groupWindow()}, at least 4 KiB; lowers the streams' if higher. */
    public Builder groupWindow(int bytes) {
      groupWindow = within("groupWindow", bytes, SMALLEST_WINDOW, Integer.MAX_VALUE);
      streamWindow = Math.min(streamWindow, bytes);
      return this;
    }

    /** Sets {@link QuicOptions#maximumStreams()}, 0 to 1,048,576. */
    public Builder maximumStreams(int count) {
      maximumStreams = within("maximumStreams", count, 0, MOST_STREAMS);
      return this;
    }

    /** Sets {@link QuicOptions#maximumUdpPayload()}, 1,200 to 65,507. */
    public Builder maximumUdpPayload(int bytes) {
      maximumUdpPayload =
          Optional.of(within("maximumUdpPayload", bytes, SMALLEST_PAYLOAD, LARGEST_PAYLOAD));
      return this;
    }

    /** Carries {@link QuicOptions#datagrams()}, as large as the path permits. */
    public Builder datagrams() {
      maximumDatagramSize = LARGEST_PAYLOAD;
      return this;
    }

    /** Carries datagrams of at most {@code maximumSize} bytes, 256 to 65,507. */
    public Builder datagrams(int maximumSize) {
      maximumDatagramSize = within("maximumSize", maximumSize, SMALLEST_DATAGRAM, LARGEST_PAYLOAD);
      return this;
    }

    /** The options. */
    public QuicOptions build() {
      return new QuicOptions(this);
    }

    private static Duration requireTime(String name, Duration time) {
      Objects.requireNonNull(time, name);
      if (time.toMillis() < 1 || time.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(name + " " + time + " is not within 1 ms to a year");
      }
      return time;
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
