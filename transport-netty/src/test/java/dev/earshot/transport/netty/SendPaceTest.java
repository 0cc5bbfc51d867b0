package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SendPaceTest {
  private static final long MILLI = 1_000_000;

  private long now;

  private static SendPace pace(long rate, long nanoTime) {
    return new SendPace(OptionalLong.of(rate), nanoTime);
  }

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
    SendPace pace = pace(rate, 0);
    assertThat(sent(pace, 1_000, 0, 1_000 * MILLI)).isBetween(rate - 20_000, rate + 20_000);
  }

  @Test
  void slowOneSendsDatagramsThatAreLargerThanItsBurst() {
    SendPace pace = pace(100_000, 0);
    assertThat(sent(pace, 10_000, 0, 1_000 * MILLI)).isBetween(90_000L, 120_000L);
  }

  @Test
  void restDoesNotSaveUpMoreThanOneBurst() {
    SendPace pace = pace(2_000_000_000, 0);
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
    SendPace pace = pace(2_000_000_000, 0);
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
    SendPace pace = pace(1_000_000, 5);
    while (pace.hasRoom()) {
      pace.spend(100);
    }
    pace.advance(5);
    assertThat(pace.hasRoom()).isFalse();
    assertThat(pace.pauseNanos()).isPositive();
  }

  private static SendPace adapting() {
    return new SendPace(OptionalLong.empty(), 0);
  }

  /** What leaves within a second from now on, in GB. */
  private double rate(SendPace pace) {
    sent(pace, 1_024, now, 1); // the burst
    now += MILLI;
    double bytes = sent(pace, 1_024, now, 100 * MILLI);
    now += 101 * MILLI;
    return bytes / 1e8;
  }

  private static SendPace taking(SendPace pace, int times, double nanosPerByte) {
    for (int i = 0; i < times; i++) {
      pace.took(64 << 10, (long) (nanosPerByte * (64 << 10)));
    }
    return pace;
  }

  @Test
  void isTheUsualOneUntilSomethingElseIsKnown() {
    assertThat(rate(adapting())).isCloseTo(SendPace.USUAL / 1e9, within(0.03));
  }

  @Test
  void fastSystemIsGivenWhatItTakesInSevenTenthsOfTheTime() {
    assertThat(rate(taking(adapting(), 100_000, 0.2))).isCloseTo(0.7 / 0.2, within(0.05));
  }

  @Test
  void isNeverAboveTheMostNorBelowTheUsual() {
    assertThat(rate(taking(adapting(), 100_000, 0.01)))
        .isCloseTo(SendPace.MOST / 1e9, within(0.05));
    assertThat(rate(taking(adapting(), 100_000, 9))).isCloseTo(SendPace.USUAL / 1e9, within(0.03));
  }

  @Test
  void whatIsThrownAwayForAMomentOrInterruptedChangesLittleAndASlowerSystemAllOfIt() {
    SendPace pace = taking(adapting(), 100_000, 0.2);
    assertThat(rate(taking(pace, 100, 0.01))).isCloseTo(3.5, within(0.1));
    assertThat(rate(taking(pace, 20, 1_000))).isCloseTo(3.5, within(0.1));
    assertThat(rate(taking(pace, 100_000, 0.6))).isCloseTo(SendPace.USUAL / 1e9, within(0.03));
  }

  @Test
  void thatWhichSomebodyHasSaidDoesNotAdapt() {
    SendPace pace = taking(pace(1_000_000_000, 0), 200, 0.1);
    assertThat(rate(pace)).isCloseTo(1, within(0.02));
  }
}
