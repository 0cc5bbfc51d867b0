package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** An {@code earshot} command running in a process of its own, and all that it has printed. */
final class EarshotProcess implements AutoCloseable {
  private static final long SECONDS_TO_DIE = 60;
  private static final long SECONDS_FOR_DESCENDANTS = 3;
  private static final int FIRST_TO_WARN = 24; // of native access and of Unsafe

  private final Process process;
  private final List<String> lines = new ArrayList<>(); // guarded by itself
  private final Thread reader;
  private boolean ended; // guarded by lines

  private EarshotProcess(Process process) {
    this.process = process;
    reader = new Thread(this::read, "output-of-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Runs a script of the shell's, in which {@code $EARSHOT} starts such a command. */
  static EarshotProcess shell(String script) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", script).redirectErrorStream(true);
    builder.environment().put("EARSHOT", String.join(" ", command()));
    return new EarshotProcess(builder.start());
  }

  /** Starts a command with a heap of 64 MiB, and as much direct memory. */
  static EarshotProcess start(String... arguments) throws IOException {
    return start(Map.of(), arguments);
  }

  /** The same, with its temporary files, and those of processes that it starts, in a folder. */
  static EarshotProcess startWithTemporary(Path folder, String... arguments) throws IOException {
    return start(Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + folder), arguments);
  }

  /** The same, of a user whose configuration is in {@code folder}. */
  static EarshotProcess startAt(Path folder, String... arguments) throws IOException {
    return start(Map.of("XDG_CONFIG_HOME", folder.toString()), arguments);
  }

  /** The same with more in its environment. */
  static EarshotProcess start(Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = command(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new EarshotProcess(builder.start());
  }

  /** The same where no file of the class path is called anything with {@code missing} in it. */
  static EarshotProcess startWithout(
      String missing, Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = command(arguments);
    int classPath = command.indexOf("-cp") + 1;
    String rest =
        Arrays.stream(command.get(classPath).split(File.pathSeparator))
            .filter(file -> !Path.of(file).getFileName().toString().contains(missing))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(rest).isNotEqualTo(command.get(classPath));
    command.set(classPath, rest);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new EarshotProcess(builder.start());
  }

  /** What starts a command so, for instance in a shell. */
  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:MaxDirectMemorySize=64m", "-XX:+UseSerialGC"));
    command.add("-XX:+ExitOnOutOfMemoryError");
    if (Runtime.version().feature() >= FIRST_TO_WARN) { // the options of the earshot script
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    String surefire = System.getProperty("surefire.test.class.path");
    String classPath = surefire != null ? surefire : System.getProperty("java.class.path");
    command.addAll(List.of("-cp", classPath, Earshot.class.getName()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /** Waits for a line that {@code wanted} accepts. */
  String awaitLine(String what, int seconds, Predicate<String> wanted) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    synchronized (lines) {
      int seen = 0;
      while (true) {
        for (; seen < lines.size(); seen++) {
          if (wanted.test(lines.get(seen))) {
            return lines.get(seen);
          }
        }
        if (ended || System.nanoTime() - end >= 0) {
          throw new AssertionError(
              "no " + what + (ended ? " before its end" : " in time") + ":\n" + output());
        }
        lines.wait(100);
      }
    }
  }

  /** Waits for a line with {@code part} in it. */
  String awaitLine(String part, int seconds) throws InterruptedException {
    return awaitLine("'" + part + "'", seconds, line -> line.contains(part));
  }

  /** Types {@code line} on its standard input. */
  void type(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Waits for its end. */
  int exitCode(int seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + seconds + " s:\n" + output());
    }
    reader.join();
    return process.exitValue();
  }

  /** All that it has printed. */
  String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    List<ProcessHandle> descendants = process.descendants().toList();
    descendants.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().orTimeout(SECONDS_TO_DIE, TimeUnit.SECONDS).join();
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
      String line = in.readLine();
      while (line != null) {
        add(line);
        line = in.readLine();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (lines) {
        ended = true;
        lines.notifyAll();
      }
    }
  }

  private void add(String line) {
    synchronized (lines) {
      lines.add(line);
      lines.notifyAll();
    }
  }
}
