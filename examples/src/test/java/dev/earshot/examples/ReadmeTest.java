package dev.earshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The README shows code that compiles, since it is cut from the examples, and links that exist. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path EXAMPLES = Path.of("src/main/java/dev/earshot/examples");
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  /** The lines between {@code // README:} marks, each run of them moved to the left margin. */
  private static Set<String> markedLines() throws IOException {
    Set<String> lines = new TreeSet<>();
    try (var files = Files.walk(EXAMPLES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        boolean marked = false;
        List<String> run = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
          if (line.strip().startsWith("// README:")) {
            marked = !line.strip().equals("// README: end");
            lines.addAll(String.join("\n", run).stripIndent().lines().toList());
            run.clear();
          } else if (marked) {
            run.add(line);
          }
        }
      }
    }
    return lines;
  }

  @Test
  void everyLineOfCodeIsCutFromTheExamples() throws IOException {
    Set<String> known = markedLines();
    known.add("Network network = Network.open();");
    known.add("ExecutorService queue = Executors.newSingleThreadExecutor();");
    Matcher block = JAVA_BLOCK.matcher(readme());
    int blocks = 0;
    while (block.find()) {
      blocks++;
      assertThat(known)
          .containsAll(block.group(1).lines().filter(line -> !line.isBlank()).toList());
    }
    assertThat(blocks).isEqualTo(5);
  }

  @Test
  void eachSideTakesFifteenLinesAtMost() throws IOException {
    Matcher block = JAVA_BLOCK.matcher(readme());
    while (block.find()) {
      assertThat(block.group(1).lines().count()).isLessThanOrEqualTo(15);
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> targets =
        LINK.matcher(readme()).results().map(found -> found.group(1)).collect(Collectors.toList());
    assertThat(targets).isNotEmpty();
    assertThat(targets).allSatisfy(target -> assertThat(ROOT.resolve(target)).exists());
  }

  @Test
  void theTestCommandIsTheOneThatTheBuildServerRuns() throws IOException {
    assertThat(readme()).contains("mvn verify");
    assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("mvn verify");
  }
}
