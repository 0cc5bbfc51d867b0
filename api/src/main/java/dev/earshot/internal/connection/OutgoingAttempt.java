package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.UnreachableException;
import dev.earshot.UnresolvedException;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks an endpoint up, lets its addresses race, and shakes hands with the winner. */
@LoopConfined
final class OutgoingAttempt implements Attempt, AddressRace.Dialler {
  private final ConnectionHost host;
  private final Crossing crossing;
  private final Loop loop;
  private final Request request;
  private final Departure departure;
  private final Dial.Events owner;
  private Discovery.@Nullable Operation lookup;
  private @Nullable AddressRace race;
  private long lookupBegun;
  private Optional<Duration> resolution = Optional.empty();
  private boolean over;

  /** What a user asked for. */
  record Request(Endpoint endpoint, Parameters parameters, Protection protection) {}

  OutgoingAttempt(ConnectionHost host, Crossing crossing, Request request, Dial.Events owner) {
    this.host = host;
    this.crossing = crossing;
    this.loop = crossing.loop();
    this.request = request;
    this.owner = owner;
    this.departure = new Departure(request.parameters(), host.links());
  }

  @Override
  public void begin() {
    loop.assertInLoop();
    if (request.endpoint() instanceof Endpoint.HostPort address) {
      Optional<InetAddress> numeric = NumericAddress.parse(address.host());
      if (numeric.isPresent()) {
        race(List.of(new InetSocketAddress(numeric.get(), address.port())));
        return;
      }
    }
    lookupBegun = loop.nanoTime();
    LinkFilter filter = LinkFilter.of(request.parameters());
    lookup = host.lookup(request.endpoint(), filter, new Resolving());
  }

  @Override
  public void cancel() {
    loop.assertInLoop();
    over = true;
    if (lookup != null) {
      lookup.cancel();
    }
    if (race != null) {
      race.cancel();
    }
  }

  @Override
  public void cancelCurrentEndpoint() {
    loop.assertInLoop();
    if (race != null) {
      race.cancelCurrentEndpoint();
    }
  }

  @Override
  public Trace trace() {
    return new Trace(resolution, race == null ? List.of() : race.attempts());
  }

  @Override
  public String stage() {
    loop.assertInLoop();
    return race == null ? "looking up " + request.endpoint() : race.stage();
  }

  private void race(List<InetSocketAddress> found) {
    // A service may be advertised at port 0, which nobody can connect to.
    List<InetSocketAddress> addresses = new ArrayList<>(found.size());
    for (InetSocketAddress address : found) {
      if (!address.isUnresolved() && address.getPort() > 0) {
        addresses.add(departure.scoped(address));
      }
    }
    if (addresses.isEmpty()) {
      owner.failed(
          new UnresolvedException(
              "looking up " + request.endpoint() + ": no address among " + found));
      return;
    }
    AddressRace made = new AddressRace(loop, addresses, this, owner);
    race = made;
    made.begin();
  }

  // ---- AddressRace.Dialler

  @Override
  public TimedDial dial(InetSocketAddress address, Dial.Events events) {
    TimedDial dial =
        new TimedDial(loop, new TimedDial.Target(name(address), request.parameters()), events);
    try {
      dial.connect(
          host.transport(),
          new DialRequest(
              address,
              departure.localFor(address),
              request.endpoint(),
              request.parameters(),
              request.protection().streams(),
              request.protection().datagrams(),
              request.protection().trust()));
    } catch (UnreachableException noWay) {
      loop.execute(
          () ->
              dial.failed(
                  new UnreachableException(
                      "connecting to " + name(address) + ": " + noWay.getMessage(), noWay)));
    }
    return dial;
  }

  /** The same object as what was asked for, if that is the address: each is kept with the other. */
  @Override
  public Endpoint named(InetSocketAddress address) {
    Endpoint numeric = Endpoint.of(address);
    return numeric.equals(request.endpoint()) ? request.endpoint() : numeric;
  }

  @Override
  public NetworkException summary(List<NetworkException> failures) {
    if (request.endpoint() instanceof Endpoint.Bonjour service) {
      host.reconfirm(service);
    }
    for (NetworkException failure : failures) {
      if (failures.size() == 1 || !(failure instanceof UnreachableException)) {
        return failure;
      }
    }
    UnreachableException all =
        new UnreachableException(
            failures.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")));
    failures.forEach(all::addSuppressed);
    return all;
  }

  @Override
  public @Nullable UnreachableException objection(NetworkPath path) {
    return departure.objection(path);
  }

  /** {@code Den._echo._tcp.local. (192.168.1.7:4242)}, or only the address if that is all. */
  private String name(InetSocketAddress address) {
    Endpoint numeric = Endpoint.of(address);
    Endpoint asked = request.endpoint();
    return asked.equals(numeric) ? asked.toString() : asked + " (" + numeric + ")";
  }

  /** The answer of a look-up, which may come on any thread. */
  private final class Resolving implements Discovery.ResolveEvents {
    @Override
    public void resolved(List<InetSocketAddress> addresses) {
      List<InetSocketAddress> found = List.copyOf(addresses);
      onLoop(() -> race(found));
    }

    @Override
    public void failed(NetworkException cause) {
      onLoop(() -> owner.failed(cause));
    }

    private void onLoop(Runnable task) {
      crossing.toLoop(
          () -> {
            if (!over && race == null) {
              lookup = null;
              resolution = Optional.of(Duration.ofNanos(loop.nanoTime() - lookupBegun));
              task.run();
            }
          },
          () -> {});
    }
  }
}
