package dev.earshot.internal.listener;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.RegistrationChange;
import dev.earshot.Service;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a listener advertises: the service that the user wants known, while there is a port to be
 * known. Tells what is registered, and takes back what it told when it stops.
 */
@LoopConfined
final class Advertiser {
  private static final System.Logger LOG = System.getLogger("dev.earshot.listener");

  private final Supplier<Discovery> discovery;
  private final Loop loop;
  private final Supplier<LinkFilter> filter;
  private final Consumer<RegistrationChange> changed;
  private final Consumer<NetworkException> failed;

  private @Nullable Service wanted;
  private OptionalInt port = OptionalInt.empty();
  private @Nullable Registration registration;

  Advertiser(
      Supplier<Discovery> discovery,
      Loop loop,
      Supplier<LinkFilter> filter,
      Consumer<RegistrationChange> changed,
      Consumer<NetworkException> failed) {
    this.discovery = discovery;
    this.loop = loop;
    this.filter = filter;
    this.changed = changed;
    this.failed = failed;
  }

  /** Wants {@code service} known, instead of what was wanted. */
  void advertise(Service service) {
    loop.assertInLoop();
    Service before = wanted;
    wanted = service;
    Registration current = registration;
    if (current == null) {
      begin();
    } else if (before != null && before.type().equals(service.type())) {
      current.update(service);
    } else {
      end();
      begin();
    }
  }

  /** Wants nothing known. */
  void withdraw() {
    loop.assertInLoop();
    wanted = null;
    end();
  }

  /** There is a port to be known. */
  void open(int number) {
    loop.assertInLoop();
    port = OptionalInt.of(number);
    begin();
  }

  /** There is no port any more. */
  void close() {
    loop.assertInLoop();
    port = OptionalInt.empty();
    end();
  }

  private void begin() {
    if (wanted != null && port.isPresent()) {
      registration = new Registration();
      registration.begin(wanted, port.getAsInt());
    }
  }

  private void end() {
    Registration current = registration;
    if (current != null) {
      registration = null;
      current.end();
    }
  }

  /** One advertisement, from its beginning to its end. */
  private final class Registration implements Discovery.AdvertiseEvents {
    private final Set<Endpoint.Bonjour> registered = new LinkedHashSet<>();
    private Discovery.@Nullable Advertisement advertisement;

    void begin(Service service, int number) {
      try {
        advertisement = discovery.get().advertise(service, number, filter.get(), this);
      } catch (RuntimeException e) {
        failed(new NetworkException("advertising " + service + ": discovery failed: " + e, e));
      }
    }

    void update(Service service) {
      if (advertisement != null) {
        try {
          advertisement.update(service);
        } catch (RuntimeException e) {
          failed(new NetworkException("advertising " + service + ": discovery failed: " + e, e));
        }
      }
    }

    void end() {
      if (advertisement != null) {
        try {
          advertisement.cancel();
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "withdrawing a service: discovery failed", e);
        }
      }
      registered.forEach(endpoint -> changed.accept(new RegistrationChange.Removed(endpoint)));
      registered.clear();
    }

    @Override
    public void registered(Endpoint.Bonjour endpoint) {
      whileCurrent(
          () -> {
            if (registered.add(endpoint)) {
              changed.accept(new RegistrationChange.Added(endpoint));
            }
          });
    }

    @Override
    public void unregistered(Endpoint.Bonjour endpoint) {
      whileCurrent(
          () -> {
            if (registered.remove(endpoint)) {
              changed.accept(new RegistrationChange.Removed(endpoint));
            }
          });
    }

    @Override
    public void failed(NetworkException cause) {
      whileCurrent(
          () -> {
            Advertiser.this.end();
            failed.accept(cause);
          });
    }

    // Events come on any thread, and one may be under way when the advertisement ends.
    private void whileCurrent(Runnable event) {
      loop.execute(
          () -> {
            if (registration == this) {
              event.run();
            }
          });
    }
  }
}
