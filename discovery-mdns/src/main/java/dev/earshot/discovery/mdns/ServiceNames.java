package dev.earshot.discovery.mdns;

import dev.earshot.ServiceType;
import java.util.Locale;

/** The DNS names of services (RFC 6763, section 4). */
final class ServiceNames {
  static final String DOMAIN = "local.";
  static final DnsName ALL_TYPES = DnsName.of("_services", "_dns-sd", "_udp", "local");

  private ServiceNames() {}

  /** {@code _name._tcp.local.} */
  static DnsName of(ServiceType type) {
    String transport = "_" + type.transport().name().toLowerCase(Locale.ROOT);
    return DnsName.of("_" + type.name(), transport, "local");
  }

  /** {@code Instance._name._tcp.local.}, with any characters in the instance's one label. */
  static DnsName of(String instance, ServiceType type) {
    return of(type).under(instance);
  }

  /** {@code label.local.} */
  static DnsName ofHost(String label) {
    return DnsName.of(label, "local");
  }
}
