package dev.earshot.spi;

import dev.earshot.NetworkLink;
import java.net.InetAddress;
import java.util.List;

/** Tells the links of this computer. Thread-safe. */
public interface LinkSource {

  /** The links as they are now; may take some milliseconds, and is not called on a loop. */
  List<LinkState> links();

  /**
   * A link as it is at a moment. Immutable.
   *
   * @param link which one
   * @param addresses its addresses; IPv6 link-local ones with their scope id
   * @param up whether it is up
   * @param multicast whether it says that it can multicast; loopback may not say so and still can
   * @param pointToPoint whether it is a tunnel
   */
  record LinkState(
      NetworkLink link,
      List<InetAddress> addresses,
      boolean up,
      boolean multicast,
      boolean pointToPoint) {
    /** Copies the addresses. */
    public LinkState {
      addresses = List.copyOf(addresses);
    }
  }
}
