package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The main job, in processes of its own on loopback. */
@Tag("network")
class DemoNetworkTest {
  private static final int SECONDS = 400;
  private static final String[] DEMO = {"demo", "--patience", "120"}; // others may be at work too
  private static final Pattern PID = Pattern.compile("(Alice|Bob) *\\| process (\\d+) listens.*");

  @Test
  void everyStepIsVerifiedAndTwoDemosAtOnceDoNotMeet() throws Exception {
    try (EarshotProcess one = EarshotProcess.start(DEMO);
        EarshotProcess other = EarshotProcess.start(DEMO)) {
      verify(one);
      verify(other);
    }
  }

  private static void verify(EarshotProcess demo) throws Exception {
    assertThat(demo.exitCode(SECONDS)).as(demo.output()).isZero();
    assertThat(demo.output())
        .contains(
            "found by others as Alice",
            "found Bob.",
            "connected to Alice",
            "TLSv1.2 TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256",
            "1000 messages sent, 1000 received, all in order",
            "the digests are equal",
            "received, byte for byte the original",
            "said goodbye",
            "heard goodbye")
        .endsWith("Every step was verified.");
  }

  @ParameterizedTest
  @CsvSource({"Alice,Bob", "Bob,Alice"})
  @Tag("once")
  void aPeerThatIsKilledMakesTheOtherSaySo(String killed, String survivor, @TempDir Path folder)
      throws Exception {
    try (EarshotProcess demo = EarshotProcess.startWithTemporary(folder, DEMO)) {
      String started =
          demo.awaitLine(
              killed + "'s process",
              SECONDS,
              line -> line.startsWith(killed) && PID.matcher(line).matches());
      demo.awaitLine(
          "Alice sending", SECONDS, line -> line.matches("Alice *\\| (sends|modules:) .*"));
      Matcher pid = PID.matcher(started);
      assertThat(pid.matches()).isTrue();
      ProcessHandle.of(Long.parseLong(pid.group(2))).orElseThrow().destroyForcibly();

      assertThat(demo.exitCode(SECONDS)).as(demo.output()).isEqualTo(1);
      assertThat(demo.output().lines())
          .anyMatch(line -> line.matches(survivor + " *\\| earshot: .*" + killed + ".*"));
      assertThat(demo.output()).endsWith("The demo did not succeed.");
    }
  }

  /** The folder of the one that is killed may stay until the next demo begins; no other does. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  @Tag("once")
  void nothingIsLeftOfADemoThatIsKilled(boolean forcibly, @TempDir Path folder) throws Exception {
    try (EarshotProcess demo = EarshotProcess.startWithTemporary(folder, DEMO)) {
      demo.awaitLine(
          "Alice sending", SECONDS, line -> line.matches("Alice *\\| (sends|modules:) .*"));
      List<ProcessHandle> peers = ProcessHandle.of(demo.pid()).orElseThrow().children().toList();
      assertThat(peers).hasSize(2);
      for (ProcessHandle peer : peers) {
        assertThat(forcibly ? peer.destroyForcibly() : peer.destroy()).isTrue();
      }
      assertThat(demo.exitCode(SECONDS)).as(demo.output()).isEqualTo(1);
    }
    if (forcibly) {
      DemoFolder.makeIn(folder).close(); // as the next demo does
    }
    assertThat(folder).isDirectoryNotContaining("glob:**earshot-demo*");
  }
}
