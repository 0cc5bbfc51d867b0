package dev.earshot.transport.netty;

import dev.earshot.Endpoint;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/** The {@code Host} field of a request (RFC 9110, section 7.2): always with the port. */
final class HostField {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._~-]+");
  private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]+(%.*)?");

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
      if (NAME.matcher(asked).matches() || ADDRESS.matcher(asked).matches()) {
        host = asked;
      }
    }
    int scope = host.indexOf('%');
    if (scope >= 0) {
      host = host.substring(0, scope);
    }
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
