package dev.earshot.testing;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.Service;
import dev.earshot.TxtRecord;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A service that one computer advertises. Everything but its beginning happens on the air's loop.
 */
final class MemoryAdvertisement implements Discovery.Advertisement {
  private final MemoryAir air;
  private final MemoryDiscovery computer;
  private final LinkFilter filter;
  private final int port;
  private final Discovery.AdvertiseEvents events;

  private Service service;
  private Endpoint.@Nullable Bonjour endpoint; // null while it is not registered
  private boolean over;

  MemoryAdvertisement(
      MemoryAir air,
      MemoryDiscovery computer,
      Service service,
      int port,
      LinkFilter filter,
      Discovery.AdvertiseEvents events) {
    this.air = air;
    this.computer = computer;
    this.service = service;
    this.port = port;
    this.filter = filter;
    this.events = events;
  }

  void begin() {
    air.add(this);
    air.loop().schedule(air.latency(), this::register);
  }

  private void register() {
    if (!over && endpoint == null && !computer.isGone()) {
      endpoint = freeName(service.name().orElse("memory"));
      events.registered(endpoint);
      air.changed();
    }
  }

  private Endpoint.Bonjour freeName(String wanted) {
    Endpoint.Bonjour name = Endpoint.bonjour(wanted, service.type());
    for (int number = 2; air.called(name).isPresent(); number++) {
      name = Endpoint.bonjour(wanted + " (" + number + ")", service.type());
    }
    return name;
  }

  @Override
  public void update(Service other) {
    air.loop()
        .execute(
            () -> {
              boolean renamed = !other.name().equals(service.name());
              service = other;
              if (renamed) {
                unregister();
                air.loop().schedule(air.latency(), this::register);
              }
              air.changed();
            });
  }

  /** Somebody else claims the name: it is advertised under {@code other} from now on. */
  void loseNameTo(String other) {
    unregister();
    if (!over) {
      endpoint = freeName(other);
      events.registered(endpoint);
      air.changed();
    }
  }

  private void unregister() {
    Endpoint.Bonjour old = endpoint;
    if (!over && old != null) {
      endpoint = null;
      events.unregistered(old);
    }
  }

  @Override
  public void cancel() {
    air.loop().execute(this::end);
  }

  void end() {
    over = true;
    air.remove(this);
  }

  void fail(NetworkException cause) {
    if (!over) {
      end();
      events.failed(cause);
    }
  }

  Optional<Endpoint.Bonjour> endpoint() {
    return Optional.ofNullable(endpoint);
  }

  Service service() {
    return service;
  }

  TxtRecord txtRecord() {
    return service.txtRecord();
  }

  MemoryDiscovery computer() {
    return computer;
  }

  /** The names of the links that it is advertised on. */
  List<String> links() {
    return computer.usable(filter).stream().map(state -> state.link().name()).toList();
  }

  /** Where it is, seen from a computer that hears it on {@code link}. */
  Stream<InetSocketAddress> addressesOn(NetworkLink link) {
    return computer.usable(filter).stream()
        .filter(state -> state.link().name().equals(link.name()))
        .flatMap(state -> state.addresses().stream())
        .map(address -> new InetSocketAddress(MemoryDiscovery.seenOn(link, address), port));
  }
}
