package dev.earshot.internal.connection;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Host names that are addresses, and need no look-up. */
final class NumericAddress {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%\\d+)?");

  private NumericAddress() {}

  /**
   * The address that {@code host} writes out; empty if it is a name, or has a link's name for a
   * scope, which only the operating system understands.
   */
  static Optional<InetAddress> parse(String host) {
    if (!IPV4.matcher(host).matches() && !IPV6.matcher(host).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException malformed) {
      return Optional.empty(); // 1.2.3.999 is for the look-up to refuse
    }
  }
}
