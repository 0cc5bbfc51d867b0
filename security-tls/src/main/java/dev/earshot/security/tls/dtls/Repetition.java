package dev.earshot.security.tls.dtls;

import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends a flight, and again until the peer answers: after 1 s, 2 s, 4 s and so on (RFC 6347,
 * section 4.2.4.1), and at once, though not too often, when the peer repeats what it sent before.
 */
@LoopConfined
final class Repetition {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  /** Whoever repeats fragments at will must not make this side send many times as much. */
  private static final Duration BETWEEN_ANSWERS = Duration.ofMillis(400);

  /** A datagram of a handshake is never longer: this goes through every path. */
  private static final int LONGEST_DATAGRAM = 1_232;

  private final DatagramSecurity.Place place;
  private final RecordWriter writer;
  private final DatagramSecurity.Events events;
  private @Nullable Flight flight;
  private Duration pause = FIRST;
  private long sentAt;
  private Loop.@Nullable Timer timer;

  Repetition(DatagramSecurity.Place place, RecordWriter writer, DatagramSecurity.Events events) {
    this.place = place;
    this.writer = writer;
    this.events = events;
  }

  /** Sends {@code next}, and from now on repeats it. */
  void begin(Flight next) {
    flight = next;
    pause = FIRST;
    sendAndWait();
  }

  /** The peer has gone on: what it answered is not repeated any more. */
  void answered() {
    flight = null;
    stopTimer();
  }

  /** The peer repeats itself: what was sent last may be lost. */
  void asked() {
    if (flight != null && place.loop().nanoTime() - sentAt >= BETWEEN_ANSWERS.toNanos()) {
      send();
    }
  }

  /**
   * The handshake is over.
   *
   * @param last whether this side's flight was the last: then it is repeated only when asked for
   */
  void rest(boolean last) {
    stopTimer();
    if (!last) {
      flight = null;
    }
  }

  void end() {
    answered();
  }

  private void sendAndWait() {
    send();
    if (flight != null) { // sending may have ended it all
      stopTimer();
      timer = place.loop().schedule(pause, this::again);
    }
  }

  private void again() {
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    sendAndWait();
  }

  private void send() {
    Flight now = flight;
    if (now != null) {
      sentAt = place.loop().nanoTime();
      int size = Math.min(place.maximumDatagramSize(), LONGEST_DATAGRAM);
      now.send(writer, size, datagram -> events.send(datagram, 0, datagram.length));
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
