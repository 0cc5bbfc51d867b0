package dev.earshot.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Another program, whose lines are read as they come. It ends when it is closed; one that reads its
 * input also when this one ends in whatever way, since its input does. Thread-safe.
 */
public final class PeerProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  private PeerProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "reader of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts {@code command}. */
  public static PeerProcess start(List<String> command) throws IOException {
    return new PeerProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  private void read() {
    try (InputStream in = process.getInputStream();
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      while (line != null) {
        add(line);
        line = reader.readLine();
      }
    } catch (IOException e) {
      add("reading failed: " + e);
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  /** Sends a line of {@code words} with tabs between. */
  public void send(String... words) {
    try {
      process
          .getOutputStream()
          .write((String.join("\t", words) + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a line of {@code words} with tabs between. */
  public String awaitLine(String... words) throws InterruptedException {
    String wanted = String.join("\t", words);
    return awaitLine(wanted, wanted::equals);
  }

  /** Waits for a line that {@code is} what it should be. */
  public String awaitLine(String what, Predicate<String> is) throws InterruptedException {
    return awaitLines(1, what, is);
  }

  /** Waits until there are {@code count} lines that {@code are} so, and gives the last of them. */
  public synchronized String awaitLines(int count, String what, Predicate<String> are)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<String> found = lines.stream().filter(are).toList();
      if (found.size() >= count) {
        return found.get(count - 1);
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0 || ended) {
        throw new AssertionError("not " + count + " times '" + what + "' among " + lines);
      }
      wait(left);
    }
  }

  /** All that it has said. */
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** Waits for its end, and until all that it has said was read; returns its exit status. */
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end; it said " + lines());
    }
    awaitEndOfLines();
    return process.exitValue();
  }

  private synchronized void awaitEndOfLines() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!ended) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("it has ended, its output has not; it said " + lines);
      }
      wait(left);
    }
  }

  /** The id that the system knows it by, seen from here. */
  public long pid() {
    return process.pid();
  }

  /** Ends it as a crash would. */
  public void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
