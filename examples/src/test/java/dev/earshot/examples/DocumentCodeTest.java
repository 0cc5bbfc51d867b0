package dev.earshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Code in docs that says it is cut from an example, and so compiles, is cut from it. */
class DocumentCodeTest {
  private static final Path ROOT = Path.of("..");
  private static final String CLAIM = "<!-- cut from ";
  private static final Pattern BLOCK =
      Pattern.compile(CLAIM + "(\\S+) by a test -->\n```java\n(.*?)```", Pattern.DOTALL);

  private static List<String> documents() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      List<Path> pages = files.filter(file -> file.toString().endsWith(".md")).toList();
      List<String> texts = new ArrayList<>();
      for (Path page : pages) {
        texts.add(Files.readString(page));
      }
      return texts;
    }
  }

  @Test
  void everyLineIsThereInItsOrder() throws IOException {
    int blocks = 0;
    int claims = 0;
    for (String document : documents()) {
      claims += document.split(CLAIM, -1).length - 1;
      for (MatchResult block : BLOCK.matcher(document).results().toList()) {
        blocks++;
        List<String> example =
            Files.readAllLines(ROOT.resolve(block.group(1))).stream().map(String::strip).toList();
        List<String> shown =
            block.group(2).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        assertThat(example).containsSubsequence(shown);
      }
    }
    assertThat(blocks).isEqualTo(claims).isGreaterThan(3);
  }
}
