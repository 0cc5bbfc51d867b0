package dev.earshot.examples.cli;

import dev.earshot.Network;
import dev.earshot.NetworkLink;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the main job with two processes that have never heard of each other. */
@Command(
    name = "demo",
    description =
        "Starts two processes on this computer that find each other, connect, exchange messages and"
            + " a file, and say goodbye. Exits with 0 only if every step was verified.")
final class DemoCommand implements Callable<Integer> {
  private static final int STEPS = 3; // that may take long: finding, connecting, the file
  private static final int MOST_PATIENCE = 3_600;

  @Mixin private LinkOption link = new LinkOption();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The file to send; by default the largest one of the running JDK.")
  private Path file = Path.of(System.getProperty("java.home"), "lib", "modules");

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "How long each step may take: ${DEFAULT-VALUE} by default.")
  private int patience;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (patience < 1 || patience > MOST_PATIENCE) {
      throw new ParameterException(
          spec.commandLine(), "--patience is from 1 to " + MOST_PATIENCE + ", not " + patience);
    }
    // Of its own, so that two demos on one computer do not join each other.
    String type =
        String.format(
            Locale.ROOT, "_esdemo-%07x._tcp", ThreadLocalRandom.current().nextInt(1 << 28));
    out.println("Two processes will look for each other as " + type + " on " + linkName() + ".");
    out.flush();
    String key = KeyFile.make();
    List<Child> children = new ArrayList<>();
    try {
      children.add(start(out, "Alice", "Bob", List.of(type, key, "--send")));
      children.add(start(out, "Bob", "Alice", List.of(type, key, "--receive")));
      boolean good = true;
      for (Child child : children) {
        good &= child.finish();
      }
      out.println(good ? "Every step was verified." : "The demo did not succeed.");
      out.flush();
      return good ? 0 : 1;
    } finally {
      children.forEach(Child::destroy);
    }
  }

  private String linkName() throws Exception {
    try (Network network = Network.open()) {
      NetworkLink found = link.findOrLoopback(network);
      return found.name();
    }
  }

  /** Starts a process; {@code how} has the service type, the key and the role. */
  private Child start(PrintWriter out, String name, String other, List<String> how)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Earshot.class.getName()));
    command.addAll(List.of("demo-peer", "--name", name, "--expect", other, "--type", how.get(0)));
    command.addAll(List.of("--patience", String.valueOf(patience)));
    command.addAll(List.of("--interface", linkName(), how.get(2), file.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(KeyOption.ENVIRONMENT, how.get(1)); // unlike arguments, not for all
    return new Child(name, builder.start(), out, STEPS * patience);
  }

  /** One of the two processes. It ends by itself when its standard input does. */
  private static final class Child {
    private final String name;
    private final Process process;
    private final int seconds;
    private final Thread printer;

    Child(String name, Process process, PrintWriter out, int seconds) {
      this.name = name;
      this.process = process;
      this.seconds = seconds;
      printer = new Thread(() -> print(out), name + "-output");
      printer.setDaemon(true);
      printer.start();
    }

    boolean finish() throws InterruptedException {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      printer.join();
      return process.exitValue() == 0;
    }

    void destroy() {
      process.destroyForcibly();
    }

    private void print(PrintWriter out) {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        String line = lines.readLine();
        while (line != null) {
          out.println(String.format("%-6s| %s", name, line));
          out.flush();
          line = lines.readLine();
        }
      } catch (IOException e) {
        out.println(name + ": its output ended: " + e.getMessage());
        out.flush();
      }
    }
  }
}
