package dev.earshot.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Network;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether {@code docs/threading.md} names every field that can change, and no other. */
class ThreadingDocumentTest {
  private static final Pattern ENTRY = Pattern.compile("`([A-Z]\\w*\\.[a-z]\\w*)`");

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".path", ".listener", ".browser", ".queue", ".connection", ".framing"})
  void everyFieldThatCanChangeHasAnOwner(String room) throws Exception {
    Set<String> documented = documented();
    for (Class<?> type : classes("dev.earshot.internal" + room)) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isFinal(field.getModifiers()) && !field.isSynthetic()) {
          assertThat(documented).contains(type.getSimpleName() + "." + field.getName());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".path", ".listener", ".browser", ".queue", ".connection", ".framing"})
  void whatIsNamedExists(String room) throws Exception {
    List<Class<?>> classes = classes("dev.earshot.internal" + room);
    Set<String> types = classes.stream().map(Class::getSimpleName).collect(Collectors.toSet());
    Set<String> fields =
        classes.stream()
            .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
            .map(field -> field.getDeclaringClass().getSimpleName() + "." + field.getName())
            .collect(Collectors.toSet());
    assertThat(documented())
        .filteredOn(entry -> types.contains(entry.substring(0, entry.indexOf('.'))))
        .isSubsetOf(fields);
  }

  private static Set<String> documented() throws IOException {
    Path file = Path.of(System.getProperty("earshot.root", ".."), "docs", "threading.md");
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("|"))
        .flatMap(line -> ENTRY.matcher(line).results())
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The classes of one package, nested ones among them, tests left out. */
  private static List<Class<?>> classes(String room)
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path root = Path.of(Network.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> names;
    try (Stream<Path> files = Files.list(root.resolve(room.replace('.', '/')))) {
      names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
              .map(name -> room + "." + name.substring(0, name.length() - ".class".length()))
              .sorted()
              .toList();
    }
    assertThat(names).isNotEmpty();
    List<Class<?>> classes = new ArrayList<>();
    for (String name : names) {
      classes.add(Class.forName(name, false, Network.class.getClassLoader()));
    }
    return classes;
  }
}
