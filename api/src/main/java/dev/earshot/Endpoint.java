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
    Objects.requireNonNull(address, "address");
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    return new HostPort(host, address.getPort());
  }

  /** The service called {@code name} of {@code type} in {@code local.}, resolved late. */
  static Bonjour bonjour(String name, ServiceType type) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
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
    private static final int HOST_LENGTH = 255;

    /** Checks the port, and that the host could be one. */
    public HostPort {
      Objects.requireNonNull(host, "host");
      if (host.isBlank()) {
        throw new IllegalArgumentException("host is blank");
      }
      if (host.length() > HOST_LENGTH || hasSpaceOrControl(host)) {
        throw new IllegalArgumentException(
            "host '" + Bonjour.printable(host) + "' is too long, or has spaces or controls");
      }
      if (host.startsWith("[")) {
        throw new IllegalArgumentException("host '" + host + "' is to be written without brackets");
      }
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("port " + port + " is not within 1 to 65535");
      }
    }

    private static boolean hasSpaceOrControl(String host) {
      for (int i = 0; i < host.length(); i++) { // no stream: each connection comes by several times
        if (host.charAt(i) <= 0x20 || host.charAt(i) == 0x7F) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String toString() {
      return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
  }

  /**
   * A service instance as Bonjour names it (RFC 6763, section 4.1).
   *
   * @param name the instance name, at most 63 bytes of UTF-8, unescaped; one that was found on the
   *     network may contain anything
   * @param type the service type
   * @param domain the domain with its final dot, {@code local.} for the link
   */
  record Bonjour(String name, ServiceType type, String domain) implements Endpoint {
    private static final int DOMAIN_LENGTH = 255; // RFC 1035, section 2.3.4

    /** Checks the name's length and that the domain ends with a dot. */
    public Bonjour {
      Service.requireInstanceName(name);
      Objects.requireNonNull(type, "type");
      if (!domain.endsWith(".") || domain.length() > DOMAIN_LENGTH) {
        throw new IllegalArgumentException(
            "domain '" + domain + "' is too long, or does not end with a dot");
      }
    }

    /** The full name for people to read; what could upset a terminal is escaped. */
    @Override
    public String toString() {
      return printable(name) + "." + type + "." + printable(domain);
    }

    static String printable(String text) {
      StringBuilder safe = new StringBuilder();
      text.codePoints().forEach(c -> safe.append(isSafe(c) ? Character.toString(c) : escaped(c)));
      return safe.toString();
    }

    // Controls, and marks that reverse or hide what follows: a name may come from anybody.
    private static boolean isSafe(int codePoint) {
      int kind = Character.getType(codePoint);
      return kind != Character.CONTROL
          && kind != Character.FORMAT
          && kind != Character.LINE_SEPARATOR
          && kind != Character.PARAGRAPH_SEPARATOR
          && kind != Character.SURROGATE;
    }

    private static String escaped(int codePoint) {
      return String.format("\\u%04X", codePoint);
    }
  }
}
