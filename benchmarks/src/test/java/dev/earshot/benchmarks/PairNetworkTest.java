package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("network")
@Timeout(60)
class PairNetworkTest {
  private static final Workload FILE = Workload.parse("file:4096");

  @Test
  void theClientSendsTheFileThatTheHarnessHasMade() throws Exception {
    try (SampleFile file = SampleFile.make(FILE.size(), 20L * FILE.size());
        Pair pair = Pair.start(ground(file), Contestants.FILE_CHANNEL, FILE)) {
      Figures figures = pair.round(Duration.ofMillis(20), () -> Duration.ZERO);

      assertThat(figures.value(Figures.COUNT)).isPositive();
    }
  }

  @Test
  void whoCannotBeginSaysWhy() throws Exception {
    SampleFile file = SampleFile.make(FILE.size(), FILE.size());
    file.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> Pair.start(ground(file), Contestants.FILE_CHANNEL, FILE))
        .withMessageContainingAll("NoSuchFileException", file.path().toString());
  }

  private static Pair.Ground ground(SampleFile file) {
    return new Pair.Ground(Launch.alike(), Steadiness.none(), Optional.of(file));
  }
}
