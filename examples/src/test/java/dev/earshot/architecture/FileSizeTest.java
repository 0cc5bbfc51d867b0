package dev.earshot.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Files above 400 lines are explained in {@code config/large-files.txt}, one a line: path, colon,
 * reason. Tests may be longer. Checkstyle refuses 600 for both.
 */
final class FileSizeTest {
  private static final int EXPLAIN_ABOVE = 400;

  @Test
  void largeFilesAreExplained() throws IOException {
    Map<String, Integer> large =
        Repository.javaFiles("src/main/java").stream()
            .filter(file -> lines(file) > EXPLAIN_ABOVE)
            .collect(
                Collectors.toMap(
                    Repository::relative, FileSizeTest::lines, Math::max, TreeMap::new));
    assertThat(explained().keySet())
        .as("files above %d lines: %s", EXPLAIN_ABOVE, large)
        .containsExactlyInAnyOrderElementsOf(large.keySet());
    assertThat(explained().values()).as("reasons").noneMatch(String::isBlank);
  }

  private static Map<String, String> explained() throws IOException {
    try (var lines = Files.lines(Repository.path("config/large-files.txt"))) {
      return lines
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(":", 2))
          .collect(Collectors.toMap(parts -> parts[0].strip(), parts -> parts[1].strip()));
    }
  }

  private static int lines(Path file) {
    try (var lines = Files.lines(file)) {
      return Math.toIntExact(lines.count());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
