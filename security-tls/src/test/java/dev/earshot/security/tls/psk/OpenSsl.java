package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One run of the {@code openssl} command; ended when closed, whatever it does. */
public final class OpenSsl implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final Process process;
  private final CompletableFuture<byte[]> output;
  private final CompletableFuture<byte[]> errors;

  private OpenSsl(Process process) {
    this.process = process;
    this.output = CompletableFuture.supplyAsync(() -> readAll(process.getInputStream()), run());
    this.errors = CompletableFuture.supplyAsync(() -> readAll(process.getErrorStream()), run());
  }

  /** Skips the test if the command is missing, or fails it on a build server. */
  public static void require() {
    boolean present;
    try {
      Process version = new ProcessBuilder("openssl", "version").start();
      present = version.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && version.exitValue() == 0;
    } catch (IOException e) {
      present = false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if ("true".equals(System.getProperty("earshot.ci"))) {
      assertThat(present).as("openssl is installed").isTrue();
    }
    assumeTrue(present, "openssl is not installed");
  }

  public static OpenSsl run(List<String> arguments) throws IOException {
    return command("openssl", arguments);
  }

  /** Another command that is used in the same way. */
  public static OpenSsl command(String tool, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(tool));
    command.addAll(arguments);
    return new OpenSsl(new ProcessBuilder(command).start());
  }

  /** {@code openssl s_client} on its way to {@code server}. */
  public static OpenSsl client(ServerSocket server, String... arguments) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + server.getLocalPort()));
    all.addAll(List.of(arguments));
    return run(all);
  }

  /** {@code openssl s_server} on {@code port}, for one connection. */
  public static OpenSsl server(int port, String... arguments) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("s_server", "-accept", "127.0.0.1:" + port, "-naccept", "1"));
    all.addAll(List.of(arguments));
    return run(all);
  }

  /** A port that nobody uses at the moment. */
  public static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /** A connection to {@code port}, as soon as this process listens there. */
  public Socket connect(int port) throws IOException, InterruptedException {
    for (int tries = 0; tries < 500; tries++) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
      } catch (IOException notYet) {
        socket.close();
      }
      if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new AssertionError("openssl does not listen: " + errors());
  }

  /** Writes to the program's input, beside the test. */
  public CompletableFuture<Void> feed(byte[] content) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            OutputStream input = process.getOutputStream();
            input.write(content);
            input.flush();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        run());
  }

  /** Ends the program's input. */
  public void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Everything that it printed, once it has ended. */
  public byte[] output() {
    return output.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** What it complained of, once it has ended. */
  public String errors() {
    byte[] text = errors.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    return new String(text, StandardCharsets.UTF_8);
  }

  /** What it ended with. */
  public int exitCode() {
    return process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join().exitValue();
  }

  /** Ends it as a crash would. */
  public void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  private static byte[] readAll(InputStream stream) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      stream.transferTo(all);
    } catch (IOException ended) {
      // closed with the process: what there was is what counts
    }
    return all.toByteArray();
  }

  private static java.util.concurrent.Executor run() {
    return task -> {
      Thread thread = new Thread(task, "openssl");
      thread.setDaemon(true);
      thread.start();
    };
  }
}
