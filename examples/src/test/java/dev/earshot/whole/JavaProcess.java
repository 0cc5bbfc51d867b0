package dev.earshot.whole;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A program of the tests in a process of its own; ended when closed. Thread-safe. */
public final class JavaProcess implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private JavaProcess(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "output-of-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts the program {@code type} with {@code options} for the virtual machine. */
  public static JavaProcess start(List<String> options, Class<?> type, String... arguments)
      throws IOException {
    List<String> command = command(options, type, arguments);
    return new JavaProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** What starts the program {@code type} with {@code options} for the virtual machine. */
  static List<String> command(List<String> options, Class<?> type, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    String surefire = System.getProperty("surefire.test.class.path");
    String classPath = surefire != null ? surefire : System.getProperty("java.class.path");
    command.addAll(List.of("-cp", classPath, type.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Waits for a line that begins with {@code word}, of those after the first {@code skipped}. */
  public String awaitLine(String word, int skipped) {
    return awaitLine(word, skipped, Eventually.PATIENCE);
  }

  /** Waits for a line that begins with {@code word} and may take longer than most. */
  public String awaitLine(String word, Duration patience) {
    return awaitLine(word, 0, patience);
  }

  private String awaitLine(String word, int skipped, Duration patience) {
    Eventually.holds(
        patience,
        () -> "a line '" + word + "' among: " + lines,
        () -> find(word, skipped) != null || !reader.isAlive());
    String line = find(word, skipped);
    if (line == null) {
      throw new AssertionError("ended without a line '" + word + "': " + lines);
    }
    return line;
  }

  public String awaitLine(String word) {
    return awaitLine(word, 0);
  }

  private String find(String word, int skipped) {
    return lines.stream()
        .filter(line -> line.startsWith(word))
        .skip(skipped)
        .findFirst()
        .orElse(null);
  }

  /** Writes {@code line} to its input. */
  void type(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits for its end. */
  public int exitCode() {
    Eventually.holds(() -> "the end after: " + lines, () -> !process.isAlive());
    Eventually.holds("the end of its output", () -> !reader.isAlive());
    return process.exitValue();
  }

  /** All that it has printed. */
  List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
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
