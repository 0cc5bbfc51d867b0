package dev.earshot.discovery.mdns;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Another program, whose lines are read as they come. It ends when it is closed; an {@link
 * MdnsPeer} also when this one ends in whatever way, since its input does.
 */
final class PeerProcess implements AutoCloseable {
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
  static PeerProcess start(List<String> command) throws IOException {
    return new PeerProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** The command for an {@link MdnsPeer} that browses and advertises {@code type}. */
  static List<String> javaCommand(String type, String link) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath =
        Stream.concat(
                Stream.of("target/classes", "target/test-classes").map(Path::of),
                Stream.of(
                        dev.earshot.TxtRecord.class,
                        javax.jmdns.JmDNS.class,
                        org.slf4j.Logger.class)
                    .map(PeerProcess::location))
            .map(path -> path.toAbsolutePath().toString())
            .collect(Collectors.joining(System.getProperty("path.separator")));
    return List.of(
        java,
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        classPath,
        MdnsPeer.class.getName(),
        type,
        link);
  }

  private static Path location(Class<?> of) {
    try {
      return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
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
  void send(String... words) {
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
  String awaitLine(String... words) throws InterruptedException {
    String wanted = String.join("\t", words);
    return awaitLine(wanted, wanted::equals);
  }

  /** Waits for a line that {@code is} what it should be. */
  String awaitLine(String what, Predicate<String> is) throws InterruptedException {
    return awaitLines(1, what, is);
  }

  /** Waits until there are {@code count} lines that {@code are} so, and gives the last of them. */
  synchronized String awaitLines(int count, String what, Predicate<String> are)
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

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** Waits for its end, and returns its exit status. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end; it said " + lines());
    }
    return process.exitValue();
  }

  long pid() {
    return process.pid();
  }

  /** Ends it as a crash would. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
