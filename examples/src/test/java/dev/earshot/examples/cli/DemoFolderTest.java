package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the demo receives its file. */
class DemoFolderTest {
  @TempDir private Path parent;

  @Test
  void itGoesWithAllThatIsInIt() throws Exception {
    Path path;
    try (DemoFolder folder = DemoFolder.makeIn(parent)) {
      path = folder.path();
      Files.writeString(path.resolve("half of a file"), "x");
      assertThat(path).isDirectory();
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void itMayBeClosedTwiceAndAfterItIsGone() throws Exception {
    DemoFolder folder = DemoFolder.makeIn(parent);
    folder.close();
    folder.close();
    assertThat(folder.path()).doesNotExist();
  }

  @Test
  void whatADeadProcessLeftIsRemovedAndWhatALivingOneHasStays() throws Exception {
    Path abandoned = Files.createDirectory(parent.resolve("earshot-demo-1"));
    Files.writeString(abandoned.resolve("in-use"), "");
    Files.writeString(abandoned.resolve("modules"), "half");
    Path others = Files.createDirectory(parent.resolve("earshot-demo-x"));
    Path elsewhere = Files.createDirectory(parent.resolve("other"));
    Files.writeString(elsewhere.resolve("in-use"), "");
    try (DemoFolder living = DemoFolder.makeIn(parent);
        DemoFolder next = DemoFolder.makeIn(parent)) {
      assertThat(abandoned).doesNotExist();
      assertThat(living.path()).isDirectory();
      assertThat(next.path()).isDirectory();
      assertThat(others).as("nobody knows whose that is").isDirectory();
      assertThat(elsewhere).isDirectoryContaining("glob:**in-use");
    }
  }
}
