package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of a program that is not ours; ended when closed, whatever it does. */
final class ForeignTool implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final Process process;
  private final StringBuffer output = new StringBuffer();

  private ForeignTool(Process process) {
    this.process = process;
    Thread reader = new Thread(this::readAll, "reader of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Skips the test if {@code command} is missing, or fails it on a build server. */
  static void require(String command) {
    boolean present;
    try {
      Process version =
          new ProcessBuilder(command, command.equals("openssl") ? "version" : "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      present = version.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      present = false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if ("true".equals(System.getProperty("earshot.ci"))) {
      assertThat(present).as(command + " is installed").isTrue();
    }
    assumeTrue(present, command + " is not installed");
  }

  static ForeignTool run(String... command) throws IOException {
    return new ForeignTool(new ProcessBuilder(List.of(command)).redirectErrorStream(true).start());
  }

  /** A UDP port that nobody uses at the moment. */
  static int freePort() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (DatagramSocket probe = new DatagramSocket(any)) {
      return probe.getLocalPort();
    }
  }

  void type(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  /** Waits until it has printed {@code text}. */
  void awaitOutput(String text) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (output.indexOf(text) < 0) {
      assertThat(System.nanoTime()).as("'%s' in: %s", text, output).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  String output() {
    return output.toString();
  }

  private void readAll() {
    byte[] bytes = new byte[4_096];
    try (InputStream from = process.getInputStream()) {
      for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
        output.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
      }
    } catch (IOException ended) {
      output.append("\n(closed)");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }
}
