package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** One run of a program that is not ours, and what it prints; ended when closed. Thread-safe. */
final class ForeignProgram implements AutoCloseable {
  /** Where Debian keeps the packages of Node. */
  private static final String NODE_PATH = "/usr/share/nodejs";

  private static final long SECONDS_FOR_DESCENDANTS = 3;

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private ForeignProgram(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "output-of-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  static ForeignProgram run(List<String> command) {
    return run(command, Map.of());
  }

  /** The same with its temporary files in {@code folder}. */
  static ForeignProgram run(List<String> command, Path folder) {
    return run(command, Map.of("TMPDIR", folder.toString()));
  }

  /** The same with more in its environment. */
  static ForeignProgram run(List<String> command, Map<String, String> environment) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("NODE_PATH", NODE_PATH);
      builder.environment().putAll(environment);
      return new ForeignProgram(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The first of some programs that is there, as {@code probe}, appended to it, shows by its exit
   * code. Skips the test if there is none, or fails it on a build server.
   */
  static String require(String what, List<String> programs, String... probe) {
    Optional<String> found = programs.stream().filter(name -> works(name, probe)).findFirst();
    if (Boolean.getBoolean("earshot.ci")) {
      assertThat(found).as(what + " is installed").isPresent();
    }
    assumeTrue(found.isPresent(), what + " is not installed");
    return found.orElseThrow();
  }

  private static boolean works(String program, String... probe) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(probe));
    try (ForeignProgram trial = run(command)) {
      return trial.exitCode() == 0;
    } catch (UncheckedIOException missing) {
      return false;
    }
  }

  void type(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new AssertionError("typing '" + line + "' after: " + output(), e);
    }
  }

  /** Ends its input. */
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Waits until it has printed a line that begins with {@code words}, and returns the line. */
  String awaitLine(String words) {
    return awaitLine(words, line -> line.startsWith(words));
  }

  /** The same with {@code words} anywhere in the line. */
  String awaitLineWith(String words) {
    return awaitLine(words, line -> line.contains(words));
  }

  private String awaitLine(String words, Predicate<String> wanted) {
    Eventually.holds(
        () -> "a line '" + words + "' among:\n" + output(),
        () -> lines.stream().anyMatch(wanted) || !reader.isAlive());
    return lines.stream()
        .filter(wanted)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line '" + words + "' among:\n" + output()));
  }

  /** Waits for its end. */
  int exitCode() {
    Eventually.holds(() -> "the end after:\n" + output(), () -> !process.isAlive());
    Eventually.holds("the end of its output", () -> !reader.isAlive());
    return process.exitValue();
  }

  /** All that it has printed, its errors too. */
  String output() {
    return String.join("\n", lines);
  }

  @Override
  public void close() {
    List<ProcessHandle> descendants = process.descendants().toList();
    descendants.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().orTimeout(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    // They may still write; those whose parent is gone stay for as long as nobody asks for them.
    CompletableFuture.allOf(
            descendants.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
        .completeOnTimeout(null, SECONDS_FOR_DESCENDANTS, TimeUnit.SECONDS)
        .join();
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      in.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException closed) {
      lines.add("its output was closed");
    }
  }
}
