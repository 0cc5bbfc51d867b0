package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "thr:64",
        "thr:65536",
        "thrm:64:4",
        "rtt:64",
        "bulk:1024",
        "file:4096",
        "conn",
        "stall:5",
        "idle:20",
        "udp:512",
        "udprtt:64"
      })
  void isWrittenAsItIsRead(String text) {
    assertThat(Workload.parse(text)).hasToString(text);
  }

  @Test
  void whatIsNotSaidIsUsual() {
    assertThat(Workload.parse("thrm").producers()).isEqualTo(4);
    assertThat(Workload.parse("bulk").size()).isEqualTo(64 * 1024);
    assertThat(Workload.parse("file").size()).isEqualTo(64 * 1024);
    assertThat(Workload.parse("stall").count()).isEqualTo(1_000_000);
    assertThat(Workload.parse("idle").count()).isEqualTo(1_000);
    assertThat(Workload.parse("udp").size()).isEqualTo(1_024);
  }

  @ParameterizedTest
  @ValueSource(strings = {"thx:64", "thr:many", "thr:8", "thr:999999999", "thrm:64:0"})
  void refusesWhatCannotBeRun(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Workload.parse(text));
  }
}
