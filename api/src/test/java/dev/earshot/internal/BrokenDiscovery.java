package dev.earshot.internal;

import dev.earshot.Endpoint;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.DiscoveryProvider;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource;
import java.util.function.Supplier;

/** Discovery that opens as a test wants it, and otherwise does nothing. */
record BrokenDiscovery(Supplier<Discovery> opening) implements DiscoveryProvider {
  @Override
  public String name() {
    return "broken";
  }

  @Override
  public Discovery open(LinkSource links) {
    return opening.get();
  }

  /** One whose close does what a test wants. */
  static BrokenDiscovery closing(Runnable close) {
    return new BrokenDiscovery(() -> new Closing(close));
  }

  private record Closing(Runnable onClose) implements Discovery {
    @Override
    public Advertisement advertise(
        Service service, int port, LinkFilter filter, AdvertiseEvents events) {
      throw new IllegalStateException("broken");
    }

    @Override
    public Operation browse(
        ServiceType type, boolean txtRecords, LinkFilter filter, BrowseEvents events) {
      return () -> {};
    }

    @Override
    public Operation resolve(Endpoint.Bonjour endpoint, LinkFilter filter, ResolveEvents events) {
      return () -> {};
    }

    @Override
    public void reconfirm(Endpoint.Bonjour endpoint) {}

    @Override
    public void close() {
      onClose.run();
    }
  }
}
