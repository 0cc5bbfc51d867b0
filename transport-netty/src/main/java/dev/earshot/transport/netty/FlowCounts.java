package dev.earshot.transport.netty;

import dev.earshot.UdpOptions;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many flows a port has, in total and with each address. For one thread. */
final class FlowCounts {
  private static final Logger LOG = System.getLogger(FlowCounts.class.getName());

  private final UdpOptions options;
  private final Map<InetAddress, Integer> perAddress = new HashMap<>(); // no zeros
  private int total;
  private long refused;

  FlowCounts(UdpOptions options) {
    this.options = options;
  }

  /** Whether there may be one more with {@code address}; if not, that is counted. */
  boolean admits(InetAddress address) {
    if (total < options.maximumFlows()
        && perAddress.getOrDefault(address, 0) < options.maximumFlowsPerAddress()) {
      return true;
    }
    refused++;
    if (Long.bitCount(refused) == 1) { // the first, and ever rarer ones
      LOG.log(
          Level.WARNING,
          "a datagram from {0} was dropped: {1} flows are the most here, {2} with one address;"
              + " dropped so far: {3}",
          address.getHostAddress(),
          options.maximumFlows(),
          options.maximumFlowsPerAddress(),
          refused);
    }
    return false;
  }

  void begun(InetAddress address) {
    total++;
    perAddress.merge(address, 1, Integer::sum);
  }

  void ended(InetAddress address) {
    total--;
    perAddress.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
  }
}
