package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PauseTest {
  private final Pause silence = new Pause(1000, 1300);

  @Test
  void onlyWhatLiesWithinIsAnExplanation() {
    assertThat(silence.unexplainedMillis(List.of())).isEqualTo(300);
    assertThat(silence.unexplainedMillis(List.of(new Pause(900, 1100)))).isEqualTo(200);
    assertThat(silence.unexplainedMillis(List.of(new Pause(1250, 2000)))).isEqualTo(250);
    assertThat(silence.unexplainedMillis(List.of(new Pause(0, 900)))).isEqualTo(300);
    assertThat(silence.unexplainedMillis(List.of(new Pause(0, 5000)))).isZero();
  }

  @Test
  void overlappingExplanationsCountOnce() {
    List<Pause> both = List.of(new Pause(1100, 1200), new Pause(1050, 1150));

    assertThat(silence.unexplainedMillis(both)).isEqualTo(150);
  }

  @Test
  void survivesTheWayThroughALine() {
    List<Pause> pauses = List.of(silence, new Pause(1, 2));

    assertThat(Pause.parse(Pause.line(pauses))).isEqualTo(pauses);
    assertThat(Pause.parse(Pause.line(List.of()))).isEmpty();
  }
}
