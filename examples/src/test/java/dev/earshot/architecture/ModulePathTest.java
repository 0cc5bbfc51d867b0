package dev.earshot.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program outside the library, with a module of its own, opens a network: once with every jar a
 * named module, once with every jar on the class path. The jars are those this build made.
 */
final class ModulePathTest {
  private static final String MODULE =
      """
      module outside {
        requires dev.earshot;
        requires dev.earshot.session;

        uses dev.earshot.spi.TransportProvider;
        uses dev.earshot.spi.DiscoveryProvider;
        uses dev.earshot.spi.SecurityProvider;
      }
      """;

  private static final String PROGRAM =
      """
      package outside;

      import dev.earshot.Network;
      import dev.earshot.Parameters;
      import dev.earshot.spi.DiscoveryProvider;
      import dev.earshot.spi.SecurityProvider;
      import dev.earshot.spi.TransportProvider;
      import java.util.ServiceLoader;

      public class Program {
        public static void main(String[] arguments) {
          ServiceLoader.load(TransportProvider.class).forEach(Program::print);
          ServiceLoader.load(DiscoveryProvider.class).forEach(Program::print);
          ServiceLoader.load(SecurityProvider.class).forEach(Program::print);
          try (Network network = Network.open()) {
            System.out.println("tcp " + network.supports(Parameters.tcp().build()));
          }
        }

        private static void print(Object provider) {
          System.out.println(provider.getClass().getModule().getName());
        }
      }
      """;

  private static final String INTRUDER =
      """
      package outside;

      class Intruder {
        dev.earshot.internal.LiveNetwork network;
      }
      """;

  @TempDir private Path folder;
  private Path module;
  private Path program;

  @BeforeEach
  void write() throws IOException {
    Path sources = Files.createDirectories(folder.resolve("src/outside"));
    module = Files.writeString(folder.resolve("src/module-info.java"), MODULE);
    program = Files.writeString(sources.resolve("Program.java"), PROGRAM);
  }

  @Test
  void networkOpensInNamedModules() throws Exception {
    assertThat(compile(module, program)).isZero();

    String path = classes() + File.pathSeparator + libraries();
    assertThat(run("-p", path, "-m", "outside/outside.Program"))
        .containsExactly(
            "dev.earshot.transport.netty",
            "dev.earshot.discovery.mdns",
            "dev.earshot.security.tls",
            "tcp true");
  }

  @Test
  void networkOpensOnTheClassPath() throws Exception {
    assertThat(compile(module, program)).isZero();

    String path = classes() + File.pathSeparator + libraries();
    assertThat(run("-cp", path, "outside.Program"))
        .containsExactly("null", "null", "null", "tcp true");
  }

  @Test
  void internalsAreClosedToOtherModules() throws IOException {
    Path intruder = Files.writeString(folder.resolve("src/outside/Intruder.java"), INTRUDER);

    assertThat(compile(module, intruder)).isNotZero();
  }

  private Path classes() {
    return folder.resolve("classes");
  }

  private int compile(Path... files) {
    List<String> arguments =
        new ArrayList<>(List.of("-d", classes().toString(), "-p", libraries(), "-proc:none"));
    Stream.of(files).map(Path::toString).forEach(arguments::add);
    return ToolProvider.findFirst("javac")
        .orElseThrow()
        .run(System.out, System.err, arguments.toArray(String[]::new));
  }

  private List<String> run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  /** What the examples run with, without the examples and what only tests need. */
  private static String libraries() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.matches(".*[/\\\\]examples[/\\\\]target[/\\\\].*"))
        .filter(entry -> !entry.matches(".*(-tests\\.jar|test-classes)"))
        .filter(
            entry -> !entry.matches(".*[/\\\\](junit|archunit|assertj|opentest4j|apiguardian).*"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
