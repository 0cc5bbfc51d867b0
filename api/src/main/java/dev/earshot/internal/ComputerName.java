package dev.earshot.internal;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What this computer is called, without asking the network: the first label of its host name, else
 * the user's name, else {@code Earshot}. At most 63 bytes of UTF-8, so that a service can be called
 * so (RFC 6763, section 4.1.1). Immutable.
 */
final class ComputerName {
  private static final System.Logger LOG = System.getLogger("dev.earshot");
  private static final int MAXIMUM_BYTES = 63;
  private static final String FALLBACK = "Earshot";

  private final Map<String, String> environment;
  private final List<Path> files;
  private final String user;

  ComputerName(Map<String, String> environment, List<Path> files, @Nullable String user) {
    this.environment = environment;
    this.files = files;
    this.user = Objects.requireNonNullElse(user, "");
  }

  /** The name by the system's own accounts: the environment on Windows, files on Linux. */
  static ComputerName ofSystem() {
    return new ComputerName(
        System.getenv(),
        List.of(Path.of("/proc/sys/kernel/hostname"), Path.of("/etc/hostname")),
        System.getProperty("user.name"));
  }

  /** The name. */
  String text() {
    // Not InetAddress.getLocalHost(): that asks the resolver, and so perhaps the network.
    Stream<Optional<String>> hosts =
        Stream.concat(
            Stream.of("COMPUTERNAME", "HOSTNAME")
                .map(name -> Optional.ofNullable(environment.get(name))),
            files.stream().map(ComputerName::firstLine));
    return hosts
        .flatMap(Optional::stream)
        .map(ComputerName::firstLabel)
        .filter(name -> !name.isEmpty() && !name.equalsIgnoreCase("localhost"))
        .findFirst()
        .or(() -> Optional.of(printable(user)).filter(name -> !name.isEmpty()))
        .map(ComputerName::cut)
        .orElse(FALLBACK);
  }

  private static Optional<String> firstLine(Path file) {
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst();
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "no host name from " + file, e);
      return Optional.empty();
    }
  }

  private static String firstLabel(String host) {
    String name = printable(host);
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  // RFC 6763, section 4.1.1: no ASCII control characters.
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "").strip();
  }

  private static String cut(String name) {
    int end = name.length();
    while (name.substring(0, end).getBytes(StandardCharsets.UTF_8).length > MAXIMUM_BYTES) {
      end = name.offsetByCodePoints(end, -1);
    }
    return name.substring(0, end);
  }
}
