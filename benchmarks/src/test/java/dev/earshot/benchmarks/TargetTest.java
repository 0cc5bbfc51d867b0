package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
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

  private static Outcome outcome(Contestants contestant, String workload, double... rates) {
    List<Figures> rounds =
        Arrays.stream(rates).mapToObj(rate -> Figures.of(Figures.RATE, rate)).toList();
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
  void roundsAreComparedWithTheirNeighboursNotWithOtherHours() {
    List<Outcome> slower =
        List.of(
            outcome(Contestants.NR, "thr:64", 100, 10, 50),
            outcome(Contestants.NWS, "thr:64", 200, 20, 10));
    assertThat(Target.parse("thr:64 NWS rate >= 2 NR").verdict(slower))
        .get()
        .asString()
        .startsWith("met");
  }

  @Test
  void whoHasFailedBeforeTheEndIsComparedByMedians() {
    List<Outcome> cut =
        List.of(
            outcome(Contestants.NR, "thr:64", 100, 100, 100),
            outcome(Contestants.NWS, "thr:64", 20));
    assertThat(Target.parse("thr:64 NWS rate >= 0.2 NR").verdict(cut))
        .get()
        .asString()
        .contains("(reached 0.200)");
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
