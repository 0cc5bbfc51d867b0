package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.security.tls.Identities;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The command {@code cat} in this process, with what is typed and shown. For a test's thread. */
final class CatRun implements AutoCloseable {
  /** Of the files that {@code --identity} names. */
  static final String PASSWORD = "only for this test";

  private static final int SECONDS = 30;
  private static final String PORT = "* listening on port ";

  private final OutputStream typed;
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream(); // synchronized itself
  private final StringWriter errors = new StringWriter(); // synchronized itself
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  private Thread runner = Thread.currentThread(); // until it is run

  private CatRun(OutputStream typed) {
    this.typed = typed;
  }

  static CatRun start(String... arguments) throws IOException {
    PipedOutputStream typed = new PipedOutputStream();
    return new CatRun(typed).run(new PipedInputStream(typed, 64 << 10), null, arguments);
  }

  /** The same with streams of the test's. */
  static CatRun start(InputStream in, OutputStream out, String... arguments) {
    return new CatRun(OutputStream.nullOutputStream()).run(in, out, arguments);
  }

  private CatRun run(InputStream in, OutputStream out, String... arguments) {
    CatCommand command =
        new CatCommand(
            in, out == null ? shown : out, file -> Identities.load(file, PASSWORD.toCharArray()));
    CommandLine commandLine = Earshot.configured(new CommandLine(command));
    commandLine.setErr(new PrintWriter(errors, true));
    runner = new Thread(() -> exit.complete(commandLine.execute(arguments)), "cat");
    runner.setDaemon(true);
    runner.start();
    return this;
  }

  CatRun type(String text) throws IOException {
    typed.write(text.getBytes(StandardCharsets.UTF_8));
    typed.flush();
    return this;
  }

  CatRun endInput() throws IOException {
    typed.close();
    return this;
  }

  /** The port that a listener on port 0 has said it has. */
  String port() {
    awaitError(PORT);
    return errors()
        .lines()
        .filter(line -> line.startsWith(PORT))
        .findFirst()
        .orElseThrow()
        .substring(PORT.length());
  }

  CatRun awaitOutput(String text) {
    await(text, this::output);
    return this;
  }

  CatRun awaitError(String text) {
    await(text, this::errors);
    return this;
  }

  /** A whole line of errors that begins with {@code words}. */
  String awaitErrorLine(String words) {
    String start = "\n" + words; // after the line that says where it listens
    await(start, this::errors);
    int from = errors().indexOf(start) + 1;
    await("\n", () -> errors().substring(from));
    return errors().substring(from, errors().indexOf('\n', from));
  }

  private void await(String text, Supplier<String> where) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!where.get().contains(text)) {
      assertThat(System.nanoTime() - end)
          .as("'%s' in output '%s', errors '%s', exit %s", text, output(), errors(), exit)
          .isNegative();
      LockSupport.parkNanos(2_000_000);
    }
  }

  String output() {
    return shown.toString(StandardCharsets.UTF_8);
  }

  String errors() {
    return errors.toString();
  }

  boolean isRunning() {
    return !exit.isDone();
  }

  int exitCode() throws Exception {
    return exit.get(SECONDS, TimeUnit.SECONDS);
  }

  /** Ends it, if it goes on. */
  @Override
  public void close() throws IOException {
    typed.close();
    runner.interrupt();
    exit.orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }
}
