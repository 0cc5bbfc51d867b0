package dev.earshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.security.tls.PairingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/pairing.md shows code that compiles, since it is cut from an example. */
class PairingDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "pairing.md");
  private static final Path EXAMPLE =
      Path.of("src/main/java/dev/earshot/examples/pairing/PairAndTalk.java");
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void everyPieceOfCodeIsCutFromTheExample() throws IOException {
    List<String> example = Files.readAllLines(EXAMPLE).stream().map(String::strip).toList();
    Matcher block = JAVA_BLOCK.matcher(Files.readString(DOCUMENT));
    int blocks = 0;
    while (block.find()) {
      blocks++;
      assertThat(example).containsSubsequence(block.group(1).strip().lines().toList());
    }
    assertThat(blocks).isEqualTo(4);
  }

  @Test
  void itSaysWhatToDoForEveryReason() throws IOException {
    String document = Files.readString(DOCUMENT);
    for (PairingException.Reason reason : PairingException.Reason.values()) {
      if (reason != PairingException.Reason.OTHER) {
        assertThat(document).contains("`" + reason + "`");
      }
    }
  }
}
