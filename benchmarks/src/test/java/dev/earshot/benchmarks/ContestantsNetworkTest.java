package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every contestant in every workload, both sides in this JVM, a few messages each. */
@Tag("network")
@Tag("once")
@Timeout(300)
class ContestantsNetworkTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final long FILE_LENGTH = 400_000;

  private static Stream<Arguments> all() {
    List<String> workloads =
        List.of(
            "thr:64",
            "thr:65536",
            "thr:1000000",
            "thrm:64:4",
            "bulk",
            "file:1000",
            "rtt:70000",
            "conn",
            "stall:50",
            "idle:3",
            "udp:9",
            "udprtt:64");
    return Stream.of(Contestants.values())
        .flatMap(
            one ->
                workloads.stream()
                    .filter(workload -> one.takesPartIn(Workload.parse(workload)))
                    .map(workload -> Arguments.of(one, workload)));
  }

  /** One of the others stands still at times, for good: they may try again, ours may not. */
  @ParameterizedTest
  @MethodSource("all")
  void deliversEverythingWhole(Contestants who, String text) throws Exception {
    Assumptions.assumeTrue(who.isAvailable(), who + " lacks its native library");
    Workload workload = Workload.parse(text);
    int tries = who.word().startsWith("earshot") ? 1 : 3;
    for (int left = tries - 1; left >= 0; left--) {
      try {
        onThread(() -> deliver(who, workload)).get(75, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException | ExecutionException stillness) {
        if (left == 0 || !isStillness(stillness)) {
          throw stillness;
        }
      }
    }
  }

  private static boolean isStillness(Exception thrown) {
    return thrown instanceof TimeoutException
        || String.valueOf(thrown.getMessage()).contains("has not answered the mark");
  }

  private static Future<Void> onThread(Callable<Void> work) {
    FutureTask<Void> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "contest");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static Void deliver(Contestants who, Workload workload) throws Exception {
    if (workload.kind() != Workload.Kind.FILE) {
      return delivers(who, workload, Optional.empty());
    }
    try (SampleFile file = SampleFile.make(workload.size(), FILE_LENGTH)) {
      return delivers(who, workload, Optional.of(file.path()));
    }
  }

  private static Void delivers(Contestants who, Workload workload, Optional<Path> file)
      throws Exception {
    try (Contestant serving = who.make();
        Contestant connecting = who.make();
        Contestant.Server server = serving.serve(workload);
        Question question = Question.of(connecting, server.contact(), workload, file)) {
      for (int round = 0; round < 2; round++) {
        assertThat(question.round(SHORT).figures().value(Figures.COUNT)).isPositive();
        question.release();
      }
    }
    return null;
  }

  @Test
  void aWrongLengthIsNoticed() throws Exception {
    Workload sent = Workload.parse("thr:64");
    try (Contestant serving = Contestants.NR.make();
        Contestant connecting = Contestants.NR.make();
        Contestant.Server server = serving.serve(Workload.parse("thr:65"));
        Question question = Question.of(connecting, server.contact(), sent, Optional.empty())) {
      assertThatIllegalStateException()
          .isThrownBy(() -> question.round(SHORT))
          .withMessageContaining("of wrong length");
    }
  }
}
