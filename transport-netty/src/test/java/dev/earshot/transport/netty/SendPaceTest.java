package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SendPaceTest {
  private static final long MILLI = 1_000_000;

  /** Sends datagrams of {@code size} bytes for {@code nanos}, and says how many bytes they were. */
  private static long sent(SendPace pace, int size, long from, long nanos) {
    long bytes = 0;
    long now = from;
    while (now < from + nanos) {
      pace.advance(now);
      while (pace.hasRoom()) {
        pace.spend(size);
        bytes += size;
      }
      now += pace.pauseNanos();
    }
    return bytes;
  }

  @Test
  void keepsToTheRate() {
    long rate = 10_000_000;
    SendPace pace = new SendPace(rate, 0);
    assertThat(sent(pace, 1_000, 0, 1_000 * MILLI)).isBetween(rate - 20_000, rate + 20_000);
  }

  @Test
  void slowOneSendsDatagramsThatAreLargerThanItsBurst() {
    SendPace pace = new SendPace(100_000, 0);
    assertThat(sent(pace, 10_000, 0, 1_000 * MILLI)).isBetween(90_000L, 120_000L);
  }

  @Test
  void restDoesNotSaveUpMoreThanOneBurst() {
    SendPace pace = new SendPace(2_000_000_000, 0);
    pace.advance(60_000 * MILLI);
    int bytes = 0;
    while (pace.hasRoom()) {
      pace.spend(1_024);
      bytes += 1_024;
    }
    assertThat(bytes).isEqualTo(SendPace.MOST_AT_ONCE);
  }

  @Test
  void pauseEndsWithRoomForHalfABurst() {
    SendPace pace = new SendPace(2_000_000_000, 0);
    pace.spend(SendPace.MOST_AT_ONCE);
    assertThat(pace.hasRoom()).isFalse();
    assertThat(pace.pauseNanos()).isEqualTo(SendPace.MOST_AT_ONCE / 4);
    pace.advance(pace.pauseNanos());
    int bytes = 0;
    while (pace.hasRoom()) {
      pace.spend(1_024);
      bytes += 1_024;
    }
    assertThat(bytes).isEqualTo(SendPace.MOST_AT_ONCE / 2);
  }

  @Test
  void timeThatStandsStillGivesNothing() {
    SendPace pace = new SendPace(1_000_000, 5);
    while (pace.hasRoom()) {
      pace.spend(100);
    }
    pace.advance(5);
    assertThat(pace.hasRoom()).isFalse();
    assertThat(pace.pauseNanos()).isPositive();
  }
}
