package dev.earshot.discovery.mdns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What this computer is called, for services that were given no name. */
final class ComputerName {
  private static final String UNKNOWN = "Earshot";

  private ComputerName() {}

  /** The name without its domain; may ask the resolver, and so is not called on the loop. */
  static String find() {
    return Stream.of(variable("COMPUTERNAME"), kernel(), variable("HOSTNAME"))
        .flatMap(Optional::stream)
        .findFirst()
        .or(ComputerName::resolver)
        .map(name -> NameLadder.cut(name, DnsName.MAXIMUM_LABEL_BYTES))
        .orElse(UNKNOWN);
  }

  private static Optional<String> variable(String name) {
    return clean(System.getenv(name));
  }

  private static Optional<String> kernel() {
    Path file = Path.of("/proc/sys/kernel/hostname");
    try {
      return Files.isReadable(file) ? clean(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // the next source is as good
    }
  }

  private static Optional<String> resolver() {
    try {
      return clean(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      return Optional.empty(); // a computer without a name
    }
  }

  private static Optional<String> clean(@Nullable String name) {
    String trimmed = name == null ? "" : name.strip();
    int dot = trimmed.indexOf('.');
    String label = dot > 0 ? trimmed.substring(0, dot) : trimmed;
    return label.isEmpty() || label.equals("localhost") ? Optional.empty() : Optional.of(label);
  }
}
