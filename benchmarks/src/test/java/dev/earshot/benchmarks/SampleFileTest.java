package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SampleFileTest {
  @Test
  void consistsOfWholePiecesAndIsGoneAfterwards() throws IOException {
    Path path;
    try (SampleFile file = SampleFile.make(100, 250)) {
      path = file.path();
      assertThat(path).hasSize(200);
      assertThat(path).binaryContent().startsWith(Messages.data(100)).endsWith(Messages.data(100));
    }
    assertThat(path).doesNotExist();
    assertThat(path.getParent()).doesNotExist();
  }

  @Test
  void isMadeForWorkloadsThatSendOne() throws IOException {
    assertThat(SampleFile.of(Workload.parse("bulk"))).isEmpty();
    try (SampleFile file = SampleFile.make(1000, 1)) {
      assertThat(file.path()).hasSize(1000);
    }
  }
}
