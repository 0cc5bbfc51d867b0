package dev.earshot.internal.path;

import dev.earshot.NetworkLink;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** What can be told from an address alone. */
public final class Addresses {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
  private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
  // A host name never contains a colon (RFC 952, RFC 1123); an IPv6 address always does.
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]+:.*");

  private Addresses() {}

  /** Whether {@code host} is written as an address, so that nobody needs to be asked about it. */
  public static boolean isNumeric(String host) {
    return IPV4.matcher(host).matches() || IPV6.matcher(host).matches();
  }

  /** Whether {@code address} means one host on each link, and does not say on which link. */
  public static boolean lacksScope(InetAddress address) {
    return address instanceof Inet6Address six
        && six.isLinkLocalAddress()
        && six.getScopeId() == 0
        && six.getScopedInterface() == null;
  }

  /** {@code address} with the scope id of {@code link}, if it is link-local IPv6. */
  public static InetAddress on(NetworkLink link, InetAddress address) {
    if (!(address instanceof Inet6Address six) || !six.isLinkLocalAddress()) {
      return address;
    }
    try {
      return Inet6Address.getByAddress(null, six.getAddress(), link.index());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }

  /** {@code address} without a scope id, which means nothing unless it is link-local. */
  static InetAddress withoutNeedlessScope(InetAddress address) {
    if (!(address instanceof Inet6Address six) || six.isLinkLocalAddress()) {
      return address;
    }
    try {
      return InetAddress.getByAddress(six.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }

  /** Whether the scope id of {@code address}, if it has one, is that of {@code link}. */
  static boolean scopeFits(InetAddress address, NetworkLink link) {
    return !(address instanceof Inet6Address six)
        || !six.isLinkLocalAddress()
        || six.getScopeId() == 0
        || six.getScopeId() == link.index();
  }
}
