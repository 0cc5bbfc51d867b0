package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  @Test
  void aKeyIsMadeOnFirstUseAndStaysTheSame(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("earshot").resolve("key");

    byte[] first = KeyFile.readOrMake(file);

    assertThat(first).hasSize(32);
    assertThat(KeyFile.readOrMake(file)).isEqualTo(first);
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aKeyFileIsForItsOwnerOnly(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("key");
    KeyFile.readOrMake(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void newKeysDiffer() {
    assertThat(KeyFile.make()).hasSize(64).isNotEqualTo(KeyFile.make());
  }

  @Test
  void whatIsNoKeyIsRefusedWithoutBeingPrinted() {
    for (String text : new String[] {"", "secret", "ab".repeat(15), "abc".repeat(11), "zz"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> KeyFile.parse(text, "--key"))
          .withMessageStartingWith("--key holds no key: expected 32 to 512 hexadecimal digits");
    }
  }

  @Test
  void aKeyMayEndWithALine() {
    assertThat(KeyFile.parse("00ff".repeat(8) + "\n", "file")).hasSize(16);
  }
}
