package dev.earshot.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A provider says what it provides twice: {@code provides} is read on the module path only, {@code
 * META-INF/services} on the class path only.
 */
final class ServiceDeclarationsTest {
  @ParameterizedTest
  @ValueSource(strings = {"transport-netty", "discovery-mdns", "security-tls"})
  void bothDeclarationsAgree(String module) throws IOException {
    Path classes = Repository.path(module).resolve("target/classes");
    assertThat(declaredForTheClassPath(classes))
        .isNotEmpty()
        .isEqualTo(declaredForTheModulePath(classes));
  }

  private static Map<String, List<String>> declaredForTheModulePath(Path classes)
      throws IOException {
    try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
      return ModuleDescriptor.read(in).provides().stream()
          .collect(
              Collectors.toMap(
                  ModuleDescriptor.Provides::service,
                  ModuleDescriptor.Provides::providers,
                  (one, other) -> one,
                  TreeMap::new));
    }
  }

  private static Map<String, List<String>> declaredForTheClassPath(Path classes)
      throws IOException {
    Path services = classes.resolve("META-INF/services");
    if (!Files.isDirectory(services)) {
      return Map.of();
    }
    try (Stream<Path> files = Files.list(services)) {
      return files.collect(
          Collectors.toMap(
              file -> file.getFileName().toString(),
              ServiceDeclarationsTest::classNames,
              (one, other) -> one,
              TreeMap::new));
    }
  }

  private static List<String> classNames(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
