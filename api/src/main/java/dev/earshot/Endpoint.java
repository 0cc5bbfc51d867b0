package dev.earshot;

import java.net.InetSocketAddress;
import java.util.Objects;

/** Whom a connection is made to: a host and port, or a service found by Bonjour. Immutable. */
public sealed interface Endpoint permits Endpoint.HostPort, Endpoint.Bonjour {

  /** A host name or numeric address and a port; the name is looked up when a connection starts. */
  static HostPort hostPort(String host, int port) {
    return new HostPort(host, port);
  }

  /** The address and port of {@code address}; an IPv6 scope id is kept. */
  static HostPort of(InetSocketAddress address) {
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    return new HostPort(host, address.getPort());
  }

  /** The service called {@code name} of {@code type} in {@code local.}, resolved late. */
  static Bonjour bonjour(String name, ServiceType type) {
    return new Bonjour(name, type, "local.");
  }

  /**
   * A host and a port.
   *
   * @param host a host name, an IPv4 address, or an IPv6 address without brackets, with its scope
   *     ({@code fe80::1%eth0}) if it is link-local
   * @param port 1 to 65535
   */
  record HostPort(String host, int port) implements Endpoint {
    /** Checks the port and that there is a host. */
    public HostPort {
      Objects.requireNonNull(host, "host");
      if (host.isBlank()) {
        throw new IllegalArgumentException("host is blank");
      }
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("port " + port + " is not within 1 to 65535");
      }
    }

    @Override
    public String toString() {
      return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
  }

  /**
   * A service instance as Bonjour names it (RFC 6763, section 4.1).
   *
   * @param name the instance name, at most 63 bytes of UTF-8, unescaped
   * @param type the service type
   * @param domain the domain with its final dot, {@code local.} for the link
   */
  record Bonjour(String name, ServiceType type, String domain) implements Endpoint {
    /** Checks the name's length and that the domain ends with a dot. */
    public Bonjour {
      Service.requireInstanceName(name);
      Objects.requireNonNull(type, "type");
      if (!domain.endsWith(".")) {
        throw new IllegalArgumentException("domain '" + domain + "' does not end with a dot");
      }
    }

    @Override
    public String toString() {
      return name + "." + type + "." + domain;
    }
  }
}
