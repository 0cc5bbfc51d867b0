package dev.earshot.discovery.mdns;

import dev.earshot.Endpoint;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.UnresolvedException;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource;
import org.jspecify.annotations.Nullable;

/**
 * Discovery by multicast DNS. Thread-safe; has no thread and no socket before it is first used, and
 * none after it was closed. Events come on its loop.
 */
final class MdnsDiscovery implements Discovery {
  private final LinkSource links;
  private @Nullable DiscoveryCore core; // guarded by this
  private boolean closed; // guarded by this

  MdnsDiscovery(LinkSource links) {
    this.links = links;
  }

  private synchronized DiscoveryCore core() {
    if (closed) {
      throw new IllegalStateException("service discovery was closed");
    }
    DiscoveryCore present = core;
    if (present == null) {
      present = new DiscoveryCore(links);
      core = present;
    }
    return present;
  }

  @Override
  public Advertisement advertise(
      Service service, int port, LinkFilter filter, AdvertiseEvents events) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not within 1 to 65535");
    }
    return core().advertise(service, port, filter, events);
  }

  @Override
  public Operation browse(
      ServiceType type, boolean txtRecords, LinkFilter filter, BrowseEvents events) {
    return core().browse(type, txtRecords, filter, events);
  }

  @Override
  public Operation resolve(Endpoint.Bonjour endpoint, LinkFilter filter, ResolveEvents events) {
    DiscoveryCore present = core();
    if (!endpoint.domain().equalsIgnoreCase(ServiceNames.DOMAIN)) {
      String message = "looking up " + endpoint + ": only names in local. can be looked up";
      present.loop().execute(() -> events.failed(new UnresolvedException(message)));
      return () -> {};
    }
    return present.resolve(endpoint, filter, events);
  }

  @Override
  public void reconfirm(Endpoint.Bonjour endpoint) {
    DiscoveryCore present;
    synchronized (this) {
      present = core;
    }
    if (present != null) {
      present.reconfirm(endpoint);
    }
  }

  @Override
  public void close() {
    DiscoveryCore present;
    synchronized (this) {
      closed = true;
      present = core;
      core = null;
    }
    if (present != null) {
      present.close();
    }
  }
}
