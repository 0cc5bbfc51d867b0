package dev.earshot.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.whole.JavaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The two programs as whoever has a conformance suite runs them, but without {@code Unsafe}, as
 * Netty runs on newer Java; {@link ConformanceNetworkTest} runs with what this Java has.
 */
@Tag("network")
class ProgramsNetworkTest {
  private static final List<Script> SCRIPTS =
      Stream.of(FramingCases.all(), ClosingCases.all(), Utf8Cases.all(), LimitCases.some())
          .flatMap(List::stream)
          .toList();

  private static final List<String> OPTIONS =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-Dio.netty.noUnsafe=true");

  @Test
  void theClientVisitsEachCaseOfAFuzzingServerThenItsReports() throws Exception {
    List<Script> few = SCRIPTS.subList(0, 3);
    try (Network network = Network.open();
        FuzzingServer server = new FuzzingServer(few)) {
      Endpoint endpoint = Endpoint.hostPort("127.0.0.1", server.port());
      assertThat(FuzzedClient.runAll(network, endpoint)).isEqualTo(3);
      assertThat(server.visits())
          .containsExactly(
              "/getCaseCount",
              "/runCase?case=1&agent=Earshot",
              "/runCase?case=2&agent=Earshot",
              "/runCase?case=3&agent=Earshot",
              "/updateReports?agent=Earshot");
      assertThat(server.failures()).isEmpty();
    }
  }

  @Test
  void theClientPassesAllCasesWithoutUnsafe() throws Exception {
    try (FuzzingServer server = new FuzzingServer(SCRIPTS);
        JavaProcess client =
            JavaProcess.start(OPTIONS, FuzzedClient.class, "127.0.0.1", "" + server.port())) {
      client.awaitLine(SCRIPTS.size() + " cases were run", Duration.ofMinutes(5));
      assertThat(client.exitCode()).isZero();
      assertThat(server.failures()).isEmpty();
      assertThat(server.visits()).hasSize(SCRIPTS.size() + 2);
    }
  }

  @Test
  void theListenerPassesAllCasesWithoutUnsafe() throws Exception {
    List<String> failures = new ArrayList<>();
    try (JavaProcess server = JavaProcess.start(OPTIONS, EchoServer.class, "0")) {
      String ready = server.awaitLine("echoing on ");
      int port = Integer.parseInt(ready.substring("echoing on ".length()));
      for (Script script : SCRIPTS) {
        try (FramePeer peer = FramePeer.connect(port)) {
          script.play(peer);
        } catch (java.io.IOException | AssertionError e) {
          failures.add(script + ": " + e);
        }
      }
    }
    assertThat(failures).isEmpty();
  }
}
