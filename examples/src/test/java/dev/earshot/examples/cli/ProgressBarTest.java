package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.session.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private static Progress at(long transferred) {
    return new Progress(transferred, OptionalLong.of(100_000_000), Duration.ofSeconds(1));
  }

  @Test
  void aTerminalShowsABarThatIsDrawnOverItself() {
    ProgressBar bar = new ProgressBar(out, "file", true);
    bar.show(at(50_000_000));
    bar.show(at(100_000_000));
    bar.end();
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .startsWith("\r[###############...............]  50 %, 50.0 of 100.0 MB, 50.0 MB/s")
        .contains("\r[##############################] 100 %, 100.0 of 100.0 MB, 100.0 MB/s")
        .endsWith(System.lineSeparator());
  }

  @Test
  void elsewhereThereIsALineForEachQuarter() {
    ProgressBar bar = new ProgressBar(out, "file", false);
    for (int percent = 0; percent <= 100; percent++) {
      bar.show(at(percent * 1_000_000L));
    }
    bar.end();
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .hasSize(4)
        .allMatch(line -> line.startsWith("file: "));
  }

  @Test
  void anUnknownTotalIsNotGuessed() {
    Progress progress = new Progress(5_000_000, OptionalLong.empty(), Duration.ofSeconds(2));
    assertThat(ProgressBar.describe(progress)).isEqualTo("5.0 MB, 2.5 MB/s");
  }
}
