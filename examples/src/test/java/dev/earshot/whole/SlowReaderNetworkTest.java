package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A receiver that stops reading stops the sender: neither holds what waits in memory, and when the
 * receiver goes on, everything arrives in order.
 */
@Tag("network")
class SlowReaderNetworkTest {
  private static final long MEBIBYTE = 1 << 20;
  private static final Duration MUCH = Duration.ofMinutes(10); // for a gibibyte, or four
  private static final int HEAP = 40;
  private static final int DIRECT = 24;
  private static final List<String> SMALL =
      List.of(
          "-Xmx" + HEAP + "m",
          "-XX:MaxDirectMemorySize=" + DIRECT + "m",
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError");

  @Test
  void aGibibyteWaitsForASlowReaderOutsideOfMemory() throws Exception {
    floodASlowReader("ws", "futures", 1024 * MEBIBYTE);
  }

  @ParameterizedTest
  @CsvSource({"ws,try", "tls,futures", "tcp,try"})
  @Tag("once")
  void theOtherWaysOfSendingWaitToo(String kind, String mode) throws Exception {
    floodASlowReader(kind, mode, 128 * MEBIBYTE);
  }

  private static void floodASlowReader(String kind, String mode, long bytes) throws IOException {
    String total = Long.toString(bytes);
    try (JavaProcess receiver = JavaProcess.start(SMALL, FloodPeer.class, "receive", kind, total)) {
      String port = receiver.awaitLine("port ").substring(5);
      try (JavaProcess sender =
          JavaProcess.start(SMALL, FloodPeer.class, "send", kind, total, port, mode)) {
        receiver.awaitLine("stopped");
        long stuckAt = awaitStandstill(sender);
        assertThat(stuckAt).as("bytes sent before it was stopped").isLessThan(64 * MEBIBYTE);
        requireSmall(sender.awaitLine("memory "));
        receiver.type("memory");
        requireSmall(receiver.awaitLine("memory "));
        receiver.type("resume");
        String sent = sender.awaitLine("checksum ", MUCH);
        assertThat(sent).endsWith(" of " + total);
        assertThat(receiver.awaitLine("checksum ")).isEqualTo(sent);
        assertThat(sender.exitCode()).as("%s", sender.lines()).isZero();
        assertThat(receiver.exitCode()).as("%s", receiver.lines()).isZero();
        requireSmall(last(sender));
        requireSmall(last(receiver));
      }
    }
  }

  private static String last(JavaProcess process) {
    return process.lines().get(process.lines().size() - 1);
  }

  /** Asks until it has sent no more since the last time; returns how much that is. */
  private static long awaitStandstill(JavaProcess sender) throws IOException {
    long before = -1;
    for (int asked = 0; asked < 200; asked++) {
      sender.type("memory");
      long now = Long.parseLong(sender.awaitLine("memory ", asked).split(" ")[3]);
      if (now == before) {
        return now;
      }
      before = now;
      pause();
    }
    throw new AssertionError("it goes on sending: " + sender.lines());
  }

  private static void pause() {
    long end = System.nanoTime() + 300_000_000;
    Eventually.holds("a moment has passed", () -> System.nanoTime() - end > 0);
  }

  /** The most heap that was used, and what is used outside of it now. */
  private static void requireSmall(String memory) {
    String[] words = memory.split(" ");
    long heap = Long.parseLong(words[1]);
    long direct = Long.parseLong(words[2]);
    assertThat(heap + direct).as(memory).isLessThanOrEqualTo(64 * MEBIBYTE);
    assertThat(direct).as(memory).isLessThanOrEqualTo(DIRECT * MEBIBYTE);
  }

  @Tag("soak")
  @Test
  void gibibytesWaitHoweverTheyAreSent() throws Exception {
    for (String kind : List.of("ws", "tls", "tcp")) {
      for (String mode : List.of("futures", "try")) {
        floodASlowReader(kind, mode, 4096 * MEBIBYTE);
      }
    }
  }
}
