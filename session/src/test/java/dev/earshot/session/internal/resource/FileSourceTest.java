package dev.earshot.session.internal.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
  @Test
  void aFileIsReadInPiecesOfTheSizeThatWasSet(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[250]);
    List<Integer> pieces = new ArrayList<>();
    try (FileSource source = new FileSource(file, 100)) {
      source.open();
      while (!source.isAtEnd()) {
        pieces.add(source.read().length());
      }
    }
    assertThat(pieces).containsExactly(100, 100, 50);
  }
}
