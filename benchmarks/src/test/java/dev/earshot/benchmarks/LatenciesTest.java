package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @Test
  void percentileIsTheLeastLatencyThatSoManyDoNotExceed() {
    LongStream.rangeClosed(1, 10_000).forEach(i -> latencies.record((10_001 - i) * 1000));

    assertThat(latencies.count()).isEqualTo(10_000);
    assertThat(latencies.micros(50)).isEqualTo(5_000);
    assertThat(latencies.micros(99)).isEqualTo(9_900);
    assertThat(latencies.micros(99.9)).isEqualTo(9_990);
    assertThat(latencies.micros(100)).isEqualTo(10_000);
  }

  @Test
  void oneLatencyIsEveryPercentile() {
    latencies.record(7_500);

    assertThat(latencies.micros(0)).isEqualTo(7.5);
    assertThat(latencies.micros(99.9)).isEqualTo(7.5);
  }

  @Test
  void recordsOnAfterItWasAsked() {
    latencies.record(2_000);
    assertThat(latencies.micros(50)).isEqualTo(2);

    latencies.record(1_000);
    assertThat(latencies.micros(50)).isEqualTo(1);
  }

  @Test
  void nothingHasNoPercentile() {
    assertThat(latencies.micros(50)).isNaN();
  }
}
