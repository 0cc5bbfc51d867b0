package dev.earshot;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * What a listener advertises by Bonjour. Immutable.
 *
 * @param name the instance name; empty means the name of this computer. At most 63 bytes of UTF-8,
 *     without ASCII control characters. Another peer may hold the name already: then a number is
 *     appended, and the listener's handler is told the name that came of it
 * @param type the service type; its transport must fit the listener's protocol
 * @param txtRecord what is published along with it, to everybody on the network
 */
public record Service(Optional<String> name, ServiceType type, TxtRecord txtRecord) {
  private static final int NAME_BYTES = 63; // RFC 6763, section 4.1.1

  /** Checks the name. */
  public Service {
    name.ifPresent(Service::requireInstanceName);
    name.ifPresent(Service::requireNoControls);
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(txtRecord, "txtRecord");
  }

  /** A service under this computer's name, with an empty TXT record. */
  public static Service of(ServiceType type) {
    Objects.requireNonNull(type, "type");
    return new Service(Optional.empty(), type, TxtRecord.empty());
  }

  /** A service called {@code name}, with an empty TXT record. */
  public static Service of(String name, ServiceType type) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    return new Service(Optional.of(name), type, TxtRecord.empty());
  }

  /** The same service with another TXT record. */
  public Service withTxtRecord(TxtRecord record) {
    return new Service(name, type, record);
  }

  private static void requireNoControls(String name) {
    // RFC 6763, section 4.1.1: an instance name has no ASCII control characters.
    if (name.chars().anyMatch(c -> c < 0x20 || c == 0x7F)) {
      throw new IllegalArgumentException(
          "instance name '" + Endpoint.Bonjour.printable(name) + "' has control characters");
    }
  }

  static void requireInstanceName(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > NAME_BYTES) {
      throw new IllegalArgumentException(
          "instance name '" + name + "' has " + bytes + " bytes of UTF-8, not 1 to " + NAME_BYTES);
    }
  }
}
