package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("network")
@Timeout(300)
@Tag("once")
class CompareNetworkTest {
  @Test
  void runsContestantsInTheirOwnProcessesAndWritesFigures(@TempDir Path results) throws Exception {
    Options options =
        Options.parse(
            "--rounds",
            "2",
            "--warmups",
            "0",
            "--seconds",
            "0.05",
            "--unsteady",
            "--results",
            results.toString(),
            "thr:64",
            "stall:20",
            "idle:10",
            "NR");

    List<Outcome> outcomes = new Compare(options, Launch.alike()).run();

    assertThat(outcomes).extracting(one -> one.rounds().size()).containsExactly(2, 1, 2);
    assertThat(outcomes).allSatisfy(one -> assertThat(one.failure()).isEmpty());
    assertThat(outcomes.get(0).rounds())
        .as("the rounds of two starts")
        .extracting(round -> round.value(Figures.START))
        .containsExactly(1.0, 2.0);
    assertThat(outcomes.get(0).median(Figures.CPU)).isPositive();
    assertThat(outcomes.get(2).median(Figures.SERVER_HEAP)).isNotNaN();
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    try (Stream<Path> files = Files.list(results)) {
      assertThat(files).singleElement().satisfies(this::holdsBothWorkloads);
    }
  }

  private void holdsBothWorkloads(Path file) {
    assertThat(file).content().contains("\"workload\": \"thr:64\"").contains("\"stalls\": ");
  }
}
