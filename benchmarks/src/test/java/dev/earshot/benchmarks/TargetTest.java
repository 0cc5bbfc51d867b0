package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetTest {
  private static final List<Outcome> OUTCOMES =
      List.of(
          outcome(Contestants.NR, "thr:64", 100),
          outcome(Contestants.JEROMQ, "thr:64", 20),
          outcome(Contestants.JAVA_WEBSOCKET, "thr:64", 2),
          outcome(Contestants.NR, "thrm:64:4", 60));

  private static Outcome outcome(Contestants contestant, String workload, double rate) {
    List<Figures> rounds = List.of(Figures.of(Figures.RATE, rate));
    return new Outcome(contestant, Workload.parse(workload), rounds, Optional.empty());
  }

  private static Optional<String> verdict(String target) {
    return Target.parse(target).verdict(OUTCOMES);
  }

  @Test
  void isMetOrMissed() {
    assertThat(verdict("thr:64 NR rate >= 5 jeromq")).get().asString().startsWith("met");
    assertThat(verdict("thr:64 NR rate >= 5.1 jeromq")).get().asString().startsWith("MISSED");
    assertThat(verdict("thr:64 NR rate <= 99")).get().asString().startsWith("MISSED");
  }

  @Test
  void peersAreTheBestOfThem() {
    assertThat(verdict("thr:64 NR rate >= 1 peers")).get().asString().contains("(reached 5.000)");
  }

  @Test
  void mayNameAnotherWorkload() {
    assertThat(verdict("thrm:64:4 NR rate >= 0.5 thr:64/NR")).get().asString().contains("0.600");
  }

  @Test
  void whatWasNotMeasuredHasNoVerdict() {
    assertThat(verdict("rtt:64 NR p50 <= 1 NWS")).isEmpty();
  }

  @Test
  void theProjectsOwnCanBeRead() {
    assertThat(Target.all()).isNotEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> Target.parse("thr:64 NR fast"));
  }
}
