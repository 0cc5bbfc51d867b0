package dev.earshot.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the modules' sources and compiled classes are. */
final class Repository {
  static final List<String> LIBRARY =
      List.of("api", "session", "transport-netty", "discovery-mdns", "security-tls");
  static final List<String> LIBRARY_AND_EXAMPLES =
      Stream.concat(LIBRARY.stream(), Stream.of("examples")).toList();
  static final List<String> ALL =
      Stream.concat(LIBRARY_AND_EXAMPLES.stream(), Stream.of("benchmarks")).toList();

  private static final Path ROOT = root();

  private Repository() {}

  private static Path root() {
    Path folder = Path.of(System.getProperty("earshot.root", "")).toAbsolutePath();
    while (!Files.isDirectory(folder.resolve(".mvn"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException(
            "not inside the repository: " + Path.of("").toAbsolutePath());
      }
    }
    return folder;
  }

  static Path path(String relative) {
    return ROOT.resolve(relative);
  }

  /** What users run. */
  static JavaClasses mainClasses() {
    return classesIn(LIBRARY_AND_EXAMPLES, "classes");
  }

  /** The tests of every module but the benchmarks, which are built later. */
  static JavaClasses testClasses() {
    return classesIn(LIBRARY_AND_EXAMPLES, "test-classes");
  }

  private static JavaClasses classesIn(List<String> modules, String folder) {
    List<Location> locations =
        modules.stream()
            .map(module -> ROOT.resolve(module).resolve("target").resolve(folder))
            .filter(Files::isDirectory)
            .map(Location::of)
            .toList();
    return new ClassFileImporter()
        .withImportOption(location -> !location.contains("/architecture/samples/"))
        .importLocations(locations);
  }

  /** Java files below {@code folders} of all modules, generated ones left out. */
  static List<Path> javaFiles(String... folders) {
    return ALL.stream()
        .flatMap(module -> Stream.of(folders).map(ROOT.resolve(module)::resolve))
        .filter(Files::isDirectory)
        .flatMap(Repository::javaFilesBelow)
        .toList();
  }

  private static Stream<Path> javaFilesBelow(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String relative(Path file) {
    return ROOT.relativize(file).toString().replace('\\', '/');
  }
}
