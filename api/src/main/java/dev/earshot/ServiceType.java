package dev.earshot;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A Bonjour service type, such as {@code _chat._tcp}.
 *
 * <p>The name follows RFC 6335, section 5.1: 1 to 15 letters, digits and hyphens, at least one
 * letter, no hyphen at either end and no two in a row. The transport follows RFC 6763, section
 * 4.1.2: {@code _tcp} for TCP and WebSocket, {@code _udp} for UDP and QUIC. A type that leaves your
 * own network should be registered with IANA. Immutable; compares without regard to case.
 *
 * @param name the first label without its underscore, in lower case
 * @param transport which of the two second labels
 */
public record ServiceType(String name, Transport transport) {
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,15}$)(?=.*[a-zA-Z])[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*");

  /** The second label of a service type. */
  public enum Transport {
    /** {@code _tcp}: TCP and WebSocket. */
    TCP,
    /** {@code _udp}: everything else. */
    UDP;

    String label() {
      return "_" + name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the name. */
  public ServiceType {
    Objects.requireNonNull(transport, "transport");
    // Before the case is changed: some letters that are not ASCII have an ASCII lower case.
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is no service name: RFC 6335 wants 1 to 15 letters, digits and single hyphens,"
              + " at least one letter, no hyphen at either end");
    }
    name = name.toLowerCase(Locale.ROOT);
  }

  /** {@code _name._tcp}. */
  public static ServiceType tcp(String name) {
    Objects.requireNonNull(name, "name");
    return new ServiceType(name, Transport.TCP);
  }

  /** {@code _name._udp}. */
  public static ServiceType udp(String name) {
    Objects.requireNonNull(name, "name");
    return new ServiceType(name, Transport.UDP);
  }

  /** Reads {@code _name._tcp} or {@code _name._udp}, with or without a final dot. */
  public static ServiceType parse(String text) {
    Objects.requireNonNull(text, "text");
    String trimmed = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    String[] labels = trimmed.split("\\.", -1);
    if (labels.length == 2 && labels[0].startsWith("_")) {
      for (Transport transport : Transport.values()) {
        if (labels[1].equalsIgnoreCase(transport.label())) {
          return new ServiceType(labels[0].substring(1), transport);
        }
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is no service type: expected _name._tcp or _name._udp");
  }

  @Override
  public String toString() {
    return "_" + name + "." + transport.label();
  }
}
