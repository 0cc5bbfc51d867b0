package dev.earshot.internal.listener;

import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.Security;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many more may come in: counts the connections that were handed over and are not through their
 * handshakes, in total and for each remote address, and what is left of the user's own limit. Pure;
 * for one thread.
 */
final class Admission {
  private static final int UNLIMITED = -1;

  private final int maximum;
  private final int maximumPerAddress;
  private final Map<InetAddress, Integer> inFlight = new HashMap<>(); // no zeros
  private int inFlightTotal;
  private int left = UNLIMITED;
  private long refused;

  Admission(Parameters parameters) {
    if (parameters.protocol() instanceof Protocol.Udp udp
        && parameters.security() instanceof Security.None) {
      // There is no handshake: a flow costs nothing but its place among the flows.
      maximum = udp.options().maximumFlows();
      maximumPerAddress = udp.options().maximumFlowsPerAddress();
    } else {
      maximum = parameters.maximumHandshakes();
      maximumPerAddress = parameters.maximumHandshakesPerAddress();
    }
  }

  /** Lets in {@code limit} more, and then nobody. */
  void limit(int limit) {
    left = limit;
  }

  /** Whether anybody may come in, as far as the user's limit goes. */
  boolean isOpen() {
    return left != 0;
  }

  /** Counts one in; or says why not, and counts that. */
  Optional<String> admit(InetAddress remote) {
    int ofThis = inFlight.getOrDefault(remote, 0);
    if (left == 0) {
      return refuse("the limit of new connections is reached");
    }
    if (inFlightTotal >= maximum) {
      return refuse(maximum + " handshakes are in flight already");
    }
    if (ofThis >= maximumPerAddress) {
      return refuse(maximumPerAddress + " handshakes with that address are in flight already");
    }
    inFlight.put(remote, ofThis + 1);
    inFlightTotal++;
    if (left > 0) {
      left--;
    }
    return Optional.empty();
  }

  /** Counts one as refused, for {@code reason}. */
  Optional<String> refuse(String reason) {
    refused++;
    return Optional.of(reason);
  }

  /** Counts one out whose handshakes are over, well or badly. */
  void settled(InetAddress remote) {
    Integer ofThis = inFlight.get(remote);
    if (ofThis == null) {
      throw new IllegalStateException("no handshake with " + remote + " is in flight");
    }
    if (ofThis == 1) {
      inFlight.remove(remote);
    } else {
      inFlight.put(remote, ofThis - 1);
    }
    inFlightTotal--;
  }

  /** How many were refused so far. */
  long refused() {
    return refused;
  }

  /** Whether the next refusal is worth a line in the log: the first, and ever rarer ones. */
  boolean isWorthALine() {
    return Long.bitCount(refused) == 1;
  }
}
