package dev.earshot.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Service;
import dev.earshot.ServiceType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComputerNameTest {
  @TempDir private Path directory;

  @Test
  void itIsTheFirstLabelOfTheHostName() throws IOException {
    assertThat(named(Map.of("COMPUTERNAME", "DEN-PC"), "", "ada")).isEqualTo("DEN-PC");
    assertThat(named(Map.of("HOSTNAME", "den.example.org"), "", "ada")).isEqualTo("den");
    assertThat(named(Map.of(), "attic.local\n", "ada")).isEqualTo("attic");
  }

  @Test
  void aNameThatSaysNothingIsPassedOver() throws IOException {
    assertThat(named(Map.of("HOSTNAME", "localhost"), "\n", "ada")).isEqualTo("ada");
    assertThat(named(Map.of("HOSTNAME", ".lan"), "localhost.localdomain", "ada")).isEqualTo("ada");
  }

  @Test
  void withoutAnyNameItIsEarshot() {
    ComputerName name =
        new ComputerName(Map.of(), List.of(directory.resolve("no such file")), null);
    assertThat(name.text()).isEqualTo("Earshot");
  }

  @Test
  void itCanAlwaysBeTheNameOfAService() throws IOException {
    for (String odd : List.of("é".repeat(50), "😀".repeat(40), "a\u0007b\u007F", "x".repeat(300))) {
      String name = named(Map.of("HOSTNAME", odd), "", "ada");
      assertThat(name.getBytes(StandardCharsets.UTF_8).length).isBetween(1, 63);
      assertThat(name).doesNotContain("\uFFFD");
      assertThat(Service.of(name, ServiceType.tcp("echo")).name()).contains(name);
      assertThat(odd).startsWith(name.substring(0, 1));
    }
    assertThat(named(Map.of("HOSTNAME", "😀".repeat(40)), "", "")).isEqualTo("😀".repeat(15));
  }

  @Test
  void bytesThatAreNoTextAreNoName() throws IOException {
    Path file = directory.resolve("hostname");
    Files.write(file, new byte[] {(byte) 0xC3, (byte) 0x28});
    assertThat(new ComputerName(Map.of(), List.of(file), "ada").text()).isEqualTo("ada");
  }

  @Test
  void thisComputerHasAName() {
    assertThat(ComputerName.ofSystem().text()).isNotBlank();
  }

  private String named(Map<String, String> environment, String file, String user)
      throws IOException {
    Path path = directory.resolve("hostname");
    Files.writeString(path, file);
    return new ComputerName(environment, List.of(path), user).text();
  }
}
