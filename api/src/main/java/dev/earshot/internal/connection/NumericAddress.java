package dev.earshot.internal.connection;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Host names that are addresses, and need no look-up. */
final class NumericAddress {
  private static final String BYTE = "(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])";
  private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%\\d+)?");

  private NumericAddress() {}

  /**
   * The address that {@code host} writes out; empty if it is a name, or has a link's name for a
   * scope, which only the operating system understands.
   */
  static Optional<InetAddress> parse(String host) {
    Pattern numeric = host.indexOf(':') < 0 ? IPV4 : IPV6;
    if (!numeric.matcher(host).matches()) {
      return Optional.empty();
    }
    try {
      // Never asks a name server: what has a colon is parsed or refused, and the rest is valid.
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException malformed) {
      return Optional.empty(); // for the look-up to refuse
    }
  }
}
