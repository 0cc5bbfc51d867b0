package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  @Test
  void everybodyTakesPartUnlessSomebodyIsNamed() {
    Options options = Options.parse();

    assertThat(options.workloads()).isEqualTo(Workload.USUAL);
    assertThat(options.contestants()).isEqualTo(Contestants.usual());
    for (Workload workload : Workload.USUAL) {
      assertThat(options.rounds(workload)).isEqualTo(workload.kind().rounds());
      assertThat(options.warmUps(workload)).isEqualTo(workload.kind().warmUps());
    }
    assertThat(options.steady()).isTrue();
  }

  @Test
  void wordsAreWorkloadsOrContestants() {
    Options options = Options.parse("thr:64,rtt:64", "NR", "conn", "java-websocket,jeromq");

    assertThat(options.workloads())
        .extracting(Workload::toString)
        .containsExactly("thr:64", "rtt:64", "conn");
    assertThat(options.contestants())
        .containsExactly(Contestants.NR, Contestants.JAVA_WEBSOCKET, Contestants.JEROMQ);
  }

  @Test
  void roundsAreSharedOutAmongStarts() {
    Workload messages = Workload.parse("thr:64");
    Workload stall = Workload.parse("stall");

    assertThat(Options.parse().starts(messages)).isEqualTo(messages.kind().starts());
    assertThat(Options.parse("--starts", "5").starts(messages)).isEqualTo(5);
    assertThat(Options.parse("--starts", "5", "--rounds", "2").starts(messages)).isEqualTo(2);
    assertThat(Options.parse("--quick").starts(messages)).isEqualTo(1);
    assertThat(Options.parse("--starts", "5").starts(stall)).isEqualTo(1);
  }

  @Test
  void targetsAskOnlyThoseWhomTheyCompare() {
    Options options = Options.parse("--targets");

    assertThat(options.workloads())
        .extracting(Workload::toString)
        .contains("thr:64", "conn", "file:65536", "stall:1000000", "udprtt:64")
        .doesNotContain("thr:65536")
        .doesNotHaveDuplicates();
    assertThat(options.contestants(Workload.parse("conn")))
        .containsExactly(
            Contestants.NWS,
            Contestants.JAVA_WEBSOCKET,
            Contestants.EARSHOT_WS,
            Contestants.EARSHOT_WS_PSK,
            Contestants.NR_BORINGSSL);
    assertThat(options.contestants(Workload.parse("thr:1024")))
        .as("the best of the peers")
        .contains(Contestants.JEROMQ, Contestants.JAVA_WEBSOCKET);
    assertThat(options.contestants(Workload.parse("bulk")))
        .contains(Contestants.KWIK, Contestants.EARSHOT_QUIC_LARGE);
    assertThat(Options.parse("--targets", "idle").workloads())
        .extracting(Workload::toString)
        .containsExactly("idle:1000");
  }

  @Test
  void quickIsShorterExceptWhereItIsSaidOtherwise() {
    Options options = Options.parse("--quick", "--rounds", "7", "stall", "stall:100");

    Workload conn = Workload.parse("conn");
    assertThat(options.rounds(conn)).isEqualTo(7);
    assertThat(options.warmUps(conn)).isEqualTo(2);
    assertThat(options.rounds(options.workloads().get(0))).as("stall is one round").isEqualTo(1);
    assertThat(options.length()).isEqualTo(Duration.ofMillis(500));
    assertThat(options.workloads()).extracting(Workload::count).containsExactly(20_000, 100);
  }

  @Test
  void everyOptionIsRead() {
    Options options =
        Options.parse(
            "--seconds",
            "0.25",
            "--warmups",
            "0",
            "--unsteady",
            "--jdk",
            "there",
            "--results",
            "here");

    assertThat(options.length()).isEqualTo(Duration.ofMillis(250));
    assertThat(options.warmUps(Workload.parse("conn"))).isZero();
    assertThat(options.steady()).isFalse();
    assertThat(options.javaHome()).contains(Path.of("there"));
    assertThat(options.results()).isEqualTo(Path.of("here"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--fast", "nobody", "--rounds"})
  void refusesWhatItDoesNotKnow(String word) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Options.parse(word))
        .withMessageContaining(word);
  }
}
