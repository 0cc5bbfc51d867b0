package dev.earshot.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that we have started and talk to in lines. It ends with {@link #close()}, and with this JVM
 * at the latest.
 */
final class ChildJvm implements AutoCloseable {
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Thread reaper = new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "reaper");
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  private final Process process;
  private final PrintStream commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  private ChildJvm(Process process) {
    this.process = process;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "answers of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  static ChildJvm start(Iterable<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder();
    command.forEach(builder.command()::add);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    RUNNING.add(process);
    return new ChildJvm(process);
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(answers::add);
    } catch (IOException | UncheckedIOException broken) {
      answers.add("failed " + broken);
    } finally {
      answers.add("failed: the process has ended");
    }
  }

  /** Sends a command; the answer, or null when none came in time. */
  String ask(String command, Duration patience) throws InterruptedException {
    commands.println(command);
    return answer(patience);
  }

  /** The next line, or null when none came in time. */
  String answer(Duration patience) throws InterruptedException {
    return answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    commands.close();
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException expected) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    RUNNING.remove(process);
  }
}
