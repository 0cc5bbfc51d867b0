package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.earshot.examples.cli.Earshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every example of docs/guide/cat.md does what the page says, with the programs that it names. */
@Tag("network")
@Tag("once")
class CatDocumentInteropTest {
  private static final Path PAGE = Path.of("../docs/guide/cat.md");
  private static final Pattern BLOCK = Pattern.compile("(?m)^```\n((?:\\d?\\$ )(?s:.*?))^```$");
  private static final Pattern FILE =
      Pattern.compile("(?m)^`(\\w+\\.py)`:\n\n```python\n((?s:.*?))^```$");
  private static final Pattern LINE = Pattern.compile("(\\d?)([$>]) (.*)");
  private static final String PORT = "4242";
  private static final String EXPORT = "export ";
  private static final AtomicInteger NEXT_PORT =
      new AtomicInteger(10_000 + ThreadLocalRandom.current().nextInt(15_000));

  @TempDir private static Path folder;

  @BeforeAll
  static void installEverything() throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "only where listening ports can be seen");
    ForeignProgram.require("openssl", List.of("openssl"), "version");
    ForeignProgram.require("curl", List.of("curl"), "--version");
    ForeignProgram.require("netcat-openbsd", List.of("nc"), "-h");
    ForeignProgram.require("node with ws", List.of("node"), "-e", "require('ws')");
    ForeignProgram.require(
        "Python's websockets", List.of("/usr/bin/python3"), "-c", "import websockets");
    Path command = folder.resolve("earshot");
    Files.writeString(command, "#!/bin/sh\nexec " + java() + " \"$@\"\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String java() {
    String surefire = System.getProperty("surefire.test.class.path");
    String classPath = surefire != null ? surefire : System.getProperty("java.class.path");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return java
        + " -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '"
        + classPath
        + "' "
        + Earshot.class.getName();
  }

  private static String page() throws IOException {
    return Files.readString(PAGE);
  }

  private static List<String> blocks() throws IOException {
    return BLOCK.matcher(page()).results().map(found -> found.group(1)).toList();
  }

  @Test
  void thePageHasExamplesOfEveryKind() throws IOException {
    List<String> blocks = blocks();
    assertThat(blocks.stream().filter(block -> block.contains("1$ ./earshot")).count())
        .isGreaterThan(10);
    assertThat(
            blocks.stream()
                .filter(block -> block.contains("2$ ./earshot") || block.contains("| ./earshot"))
                .count())
        .isGreaterThan(5);
    assertThat(String.join("", blocks))
        .contains("nc ", "curl ", "openssl s_client", "openssl s_server", "node -e", "python3");
    for (String transport : List.of("-t tcp", "-t quic")) {
      assertThat(blocks)
          .anyMatch(block -> block.contains(transport) && block.contains("--pin $(cat lab.pin)"));
    }
  }

  /** Two at a time, since most of them wait for something most of the time. */
  @TestFactory
  Stream<DynamicTest> everyExampleWorks() throws IOException {
    ExecutorService pair = Executors.newFixedThreadPool(2);
    List<DynamicTest> examples = new ArrayList<>();
    Map<String, String> environment = new HashMap<>();
    environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    for (String block : blocks()) {
      Example example = new Example(block, folder.resolve("example-" + examples.size()));
      example.exported().forEach(environment::put);
      Map<String, String> here = Map.copyOf(environment);
      if (example.isPreparation()) {
        example.run(here);
      } else {
        Future<?> run = pair.submit(() -> example.run(here));
        examples.add(DynamicTest.dynamicTest(block.strip(), run::get));
      }
    }
    return examples.stream().onClose(pair::shutdownNow);
  }

  /** Two terminals in a folder, and what is typed and shown there. */
  private static final class Example {
    private final List<MatchResult> lines;
    private final Path place;
    private final String port = freePort();
    private final Map<String, ForeignProgram> terminals = new HashMap<>();
    private final List<ForeignProgram> opened = new ArrayList<>();

    Example(String block, Path place) {
      lines = block.lines().map(Example::parse).toList();
      this.place = isPreparation() ? folder : place;
    }

    private static MatchResult parse(String line) {
      Matcher matcher = LINE.matcher(line);
      assertThat(matcher.matches()).as(line).isTrue();
      return matcher.toMatchResult();
    }

    /** Whether it makes what later examples use. */
    boolean isPreparation() {
      return lines.stream().allMatch(line -> line.group(1).isEmpty());
    }

    Map<String, String> exported() {
      return lines.stream()
          .map(line -> line.group(3))
          .filter(command -> command.startsWith(EXPORT))
          .map(command -> command.substring(EXPORT.length()).split("=", 2))
          .collect(Collectors.toMap(variable -> variable[0], variable -> variable[1]));
    }

    Void run(Map<String, String> environment) throws IOException {
      prepare();
      try {
        for (MatchResult line : lines) {
          step(line.group(1), line.group(2), line.group(3).replace(PORT, port), environment);
        }
      } finally {
        opened.forEach(ForeignProgram::close);
      }
      return null;
    }

    /** Puts the files of the page, and those that were made before, into its folder. */
    private void prepare() throws IOException {
      Files.createDirectories(place);
      for (Path file : filesIn(folder)) {
        if (!place.equals(folder)) {
          Files.copy(file, place.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
      for (MatchResult file : FILE.matcher(page()).results().toList()) {
        Files.writeString(place.resolve(file.group(1)), file.group(2).replace(PORT, port));
      }
    }

    private void step(String terminal, String sign, String what, Map<String, String> environment) {
      if (sign.equals(">")) {
        terminals.get(terminal).awaitLineWith(what);
      } else if (!terminal.isEmpty()) {
        terminals.put(terminal, open(what, environment));
        if (terminal.equals("1") && lines.stream().anyMatch(line -> line.group(3).contains(PORT))) {
          Eventually.holds(
              () -> "listening on port " + port + ": " + terminals.get(terminal).output(),
              () -> isListening(Integer.parseInt(port)));
        }
      } else if (!what.startsWith(EXPORT)) {
        ForeignProgram once = open(what, environment);
        assertThat(once.exitCode()).as(once.output()).isZero();
      }
    }

    private ForeignProgram open(String command, Map<String, String> environment) {
      String here = "cd '" + place + "'\n" + command;
      ForeignProgram program = ForeignProgram.run(List.of("bash", "-c", here), environment);
      opened.add(program);
      return program;
    }
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** None that the system gives out by itself: much happens until it is used. */
  private static String freePort() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    while (true) {
      int port = NEXT_PORT.getAndIncrement();
      try (ServerSocket stream = new ServerSocket(port, 1, loopback);
          DatagramSocket datagrams = new DatagramSocket(port, loopback)) {
        assertThat(stream.getLocalPort()).isEqualTo(datagrams.getLocalPort());
        return String.valueOf(port);
      } catch (BindException taken) {
        continue; // with the next
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Looks without connecting: for some of the programs, the first connection is the only one. */
  private static boolean isListening(int port) {
    String local = String.format(Locale.ROOT, ":%04X ", port);
    return isListed("tcp", local, " 0A ") || isListed("udp", local, " 07 ");
  }

  private static boolean isListed(String protocol, String local, String state) {
    return Stream.of(protocol, protocol + "6")
        .map(table -> Path.of("/proc/net", table))
        .flatMap(CatDocumentInteropTest::lines)
        .anyMatch(line -> line.contains(local) && line.contains(state));
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
