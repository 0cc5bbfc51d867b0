package dev.earshot.discovery.mdns;

import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * What speaks multicast DNS on one link from one address: publishes, sends queries, hands over what
 * it hears. Called on the loop only; jmDNS behind it can be replaced here.
 */
interface Engine {

  /**
   * Publishes a service: probes for its name, takes the next one if it is taken, announces it and
   * answers for it.
   */
  Published publish(Publishing what, Runnable changed);

  /** Tells the addresses that this computer has on the link, of both families, as of now. */
  void hostAddresses(List<InetAddress> addresses);

  /** Sends {@code query} to everybody on the link; what cannot be sent is lost, as packets are. */
  void multicast(DnsMessage query);

  /** Says goodbye for everything, closes, and then runs {@code done} on the loop. */
  void retire(Runnable done);

  /** Closes at once, without goodbye. */
  void abandon();

  /**
   * What to publish.
   *
   * @param names the names to try
   * @param step where on the ladder to begin
   * @param type the service type
   * @param port the port
   * @param txtRecord its TXT record
   */
  record Publishing(NameLadder names, int step, ServiceType type, int port, TxtRecord txtRecord) {}

  /** A service that is being published. */
  interface Published {
    /** Where on the ladder it is by now. */
    int step();

    /** Whether it was announced under the name of {@link #step()}. */
    boolean isAnnounced();

    /** Publishes another TXT record. */
    void update(TxtRecord txtRecord);

    /** Says goodbye for it. */
    void withdraw();
  }

  /** What an engine tells; called on the loop. */
  interface Events {
    /** A response, from {@code source}; {@code ownHost} if that is an address of this computer. */
    void received(DnsMessage response, InetAddress source, boolean ownHost);

    /** It does nothing any more, for a reason of its own; it has been closed. */
    void died(String why);
  }

  /** Makes engines. */
  interface Factory {
    /** An engine for {@code where}; may block for a moment, and is not called on the loop. */
    Engine open(LinkAddress where, Events events) throws IOException;
  }
}
