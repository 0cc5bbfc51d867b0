package dev.earshot.internal.connection;

import dev.earshot.DatagramCounts;
import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Protocol;
import dev.earshot.TooLargeException;
import dev.earshot.spi.Pipe;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How large the datagrams of a connection may be, and what it lost of them. Thread-safe; the loop
 * says when there is a pipe.
 */
final class DatagramLimit {
  /** That of every connection whose messages are not datagrams; nothing ever changes in it. */
  private static final DatagramLimit OFF = new DatagramLimit(0);

  /** What the options permit; 0 if messages are not datagrams. */
  private final int permitted;

  private final AtomicLong sendsDropped = new AtomicLong();

  /** Null before the connection is ready and after; written by the loop. */
  private volatile @Nullable Pipe pipe;

  /** What the pipe lost, once it is over; written by the loop. */
  private volatile DatagramCounts last = DatagramCounts.NONE;

  private DatagramLimit(int permitted) {
    this.permitted = permitted;
  }

  /** The limit of a connection with {@code parameters}. */
  static DatagramLimit of(Parameters parameters) {
    return parameters.protocol() instanceof Protocol.Udp udp
        ? new DatagramLimit(udp.options().maximumDatagramSize())
        : OFF;
  }

  /** Whether messages are datagrams at all. */
  boolean isOn() {
    return permitted > 0;
  }

  /** The bytes of content that a datagram may have now; 0 unless it is ready. */
  int maximum() {
    Pipe carrier = pipe;
    return carrier == null ? 0 : carrier.maximumDatagramSize();
  }

  /** Why {@code content} cannot be sent to {@code to}; null if it can, as far as is known. */
  @Nullable TooLargeException objection(Payload content, Endpoint to) {
    if (!isOn()) {
      return null;
    }
    Pipe carrier = pipe;
    int most = carrier == null ? permitted : carrier.maximumDatagramSize();
    return content.length() <= most
        ? null
        : new TooLargeException(
            "sending %s to %s: a datagram can have %d bytes (maximumDatagramSize)"
                .formatted(content, to, most));
  }

  /** One that nobody waits for is not going to be sent. */
  void dropped() {
    if (isOn()) {
      sendsDropped.incrementAndGet();
    }
  }

  DatagramCounts counts() {
    if (!isOn()) {
      return DatagramCounts.NONE;
    }
    Pipe carrier = pipe;
    DatagramCounts there = carrier == null ? last : carrier.datagramCounts();
    return new DatagramCounts(
        there.sendsDropped() + sendsDropped.get(),
        there.receivesDropped(),
        there.discarded(),
        there.unreachable());
  }

  // ---- the loop

  void established(Pipe carrier) {
    if (isOn()) {
      pipe = carrier;
    }
  }

  void end() {
    Pipe carrier = pipe;
    if (carrier != null) {
      last = carrier.datagramCounts();
      pipe = null;
    }
  }
}
