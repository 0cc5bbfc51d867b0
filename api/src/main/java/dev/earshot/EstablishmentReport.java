package dev.earshot;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a connection, or a group of connections, came about. Immutable.
 *
 * <p>What is opened within a {@link ConnectionGroup} is not dialled, so that its report has no
 * addresses; its handshake is that of the group, which may have been over long before.
 *
 * @param duration from its start until it was ready, all attempts together
 * @param previousAttempts how many attempts had come to nothing before; it waited after each
 * @param resolution how long the look-up of the name took in the last attempt; empty if there was
 *     none, as for an address or an accepted connection
 * @param addresses the addresses that the last attempt dialled, in the order in which that was
 *     settled, at most {@value #MOST_ADDRESSES}; none for an accepted connection
 * @param handshakes the handshakes, in the order in which they were made, as far as the transport
 *     tells
 */
public record EstablishmentReport(
    Duration duration,
    int previousAttempts,
    Optional<Duration> resolution,
    List<AddressAttempt> addresses,
    List<Handshake> handshakes) {
  /** The most addresses in a report. */
  public static final int MOST_ADDRESSES = 64;

  /** Copies the lists. */
  public EstablishmentReport {
    Objects.requireNonNull(duration, "duration");
    Objects.requireNonNull(resolution, "resolution");
    addresses = List.copyOf(addresses);
    handshakes = List.copyOf(handshakes);
  }

  /** Whether it was {@link Connection.State.Waiting} before it was ready. */
  public boolean waited() {
    return previousAttempts > 0;
  }

  /** What became of one address. */
  public enum Outcome {
    /** It answered first. */
    CONNECTED,
    /** It could not be reached; the cause says why. */
    FAILED,
    /** It had not answered when another one did, or was given up by the program. */
    ABANDONED
  }

  /**
   * One address that was dialled.
   *
   * @param address which
   * @param outcome what became of it
   * @param duration from the dial until that was settled
   * @param cause why it failed
   */
  public record AddressAttempt(
      Endpoint address, Outcome outcome, Duration duration, Optional<NetworkException> cause) {
    /** Checks that there are values. */
    public AddressAttempt {
      Objects.requireNonNull(address, "address");
      Objects.requireNonNull(outcome, "outcome");
      Objects.requireNonNull(duration, "duration");
      Objects.requireNonNull(cause, "cause");
    }
  }

  /**
   * One handshake.
   *
   * @param protocol which: {@code TLS}, {@code WebSocket}, {@code HTTP upgrade}, {@code DTLS}, or
   *     {@code QUIC}, which has that of TLS within it
   * @param duration how long it took, with the decision whether to trust the peer. QUIC answers who
   *     comes to a listener before the program has started the group: its handshake counts from
   *     then on, without the time in which nobody had started the group, and may be longer than the
   *     {@linkplain EstablishmentReport#duration duration} of the whole report
   */
  public record Handshake(String protocol, Duration duration) {
    /** Checks that there are values. */
    public Handshake {
      Objects.requireNonNull(protocol, "protocol");
      Objects.requireNonNull(duration, "duration");
    }
  }
}
