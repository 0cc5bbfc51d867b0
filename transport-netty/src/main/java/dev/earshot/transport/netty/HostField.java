package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import java.net.InetSocketAddress;

/** The {@code Host} field of a request (RFC 9110, section 7.2): always with the port. */
final class HostField {
  private static final String OF_NAMES = "._~-";
  private static final String OF_ADDRESSES = ":.";

  private HostField() {}

  /**
   * What the user asked for if that is a host, else the address. An IPv6 address stands in brackets
   * and without its scope, which means nothing to the other side.
   */
  static String of(Endpoint endpoint, InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    if (endpoint instanceof Endpoint.HostPort) {
      String asked = ((Endpoint.HostPort) endpoint).host();
      // Anything else cannot stand in a request.
      if (isName(asked) || isAddress(asked)) {
        host = asked;
      }
    }
    int scope = host.indexOf('%');
    if (scope >= 0) {
      host = host.substring(0, scope);
    }
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static boolean isName(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
      if (!letter && !isDigit(c) && OF_NAMES.indexOf(c) < 0) {
        return false;
      }
    }
    return !host.isEmpty();
  }

  /** Digits, also hexadecimal ones, colons and dots, and perhaps a scope, which is left out. */
  private static boolean isAddress(String host) {
    int scope = host.indexOf('%');
    int end = scope < 0 ? host.length() : scope;
    for (int i = 0; i < end; i++) {
      char c = host.charAt(i);
      boolean letter = c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f';
      if (!letter && !isDigit(c) && OF_ADDRESSES.indexOf(c) < 0) {
        return false;
      }
    }
    return end > 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
