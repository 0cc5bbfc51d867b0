package dev.earshot.discovery.mdns;

import dev.earshot.spi.Discovery;
import dev.earshot.spi.DiscoveryProvider;
import dev.earshot.spi.LinkSource;

/** The entry to this module; {@link java.util.ServiceLoader} finds it. */
public final class MdnsProvider implements DiscoveryProvider {
  /** For {@link java.util.ServiceLoader}. */
  public MdnsProvider() {}

  @Override
  public String name() {
    return "mdns";
  }

  @Override
  public Discovery open(LinkSource links) {
    return new MdnsDiscovery(links);
  }
}
