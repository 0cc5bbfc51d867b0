package dev.earshot.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the JVMs of contestants are started: all of them alike.
 *
 * @param before words of the command before the JVM, for instance {@code taskset -c 0}
 */
record Launch(Path javaHome, String classPath, List<String> before) {
  private static final int NEEDS_LEAVE_FOR_UNSAFE = 24;

  /** The JDK this program runs on, and its class path. */
  static Launch alike() {
    // Under surefire java.class.path may be one jar that only surefire can read.
    String path =
        Optional.ofNullable(System.getProperty("surefire.test.class.path"))
            .orElseGet(() -> System.getProperty("java.class.path"));
    return new Launch(Path.of(System.getProperty("java.home")), path, List.of());
  }

  Launch on(Path otherJavaHome) {
    return new Launch(otherJavaHome, classPath, before);
  }

  /** The same behind another program that starts it. */
  Launch behind(String... words) {
    return new Launch(javaHome, classPath, List.of(words));
  }

  /** What the JDK calls its version. */
  String version() {
    try (Stream<String> lines = Files.lines(javaHome.resolve("release"))) {
      return lines
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> line.substring(line.indexOf('"') + 1, line.lastIndexOf('"')))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no version in " + javaHome));
    } catch (IOException missing) {
      throw new IllegalArgumentException("not the home of a JDK: " + javaHome, missing);
    }
  }

  /** The options that every contestant's JVM gets. */
  List<String> options() {
    List<String> options = new ArrayList<>(List.of("-Xms256m", "-Xmx1g", "-XX:+UseG1GC"));
    if (Runtime.Version.parse(version()).feature() >= NEEDS_LEAVE_FOR_UNSAFE) {
      options.add("--sun-misc-unsafe-memory-access=allow");
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    return options;
  }

  List<String> command(Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>(before);
    command.add(javaHome.resolve("bin").resolve("java").toString());
    command.addAll(options());
    command.add("-cp");
    command.add(classPath);
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return command;
  }
}
