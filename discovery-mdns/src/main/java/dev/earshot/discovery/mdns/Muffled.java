package dev.earshot.discovery.mdns;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.spi.Discovery;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Events that fall silent at the moment of cancelling, whatever is still under way. */
final class Muffled {
  private static final System.Logger LOG = System.getLogger("dev.earshot.discovery");

  private final AtomicBoolean cancelled;

  Muffled(AtomicBoolean cancelled) {
    this.cancelled = cancelled;
  }

  private void unlessCancelled(Runnable event) {
    if (cancelled.get()) {
      return;
    }
    try {
      event.run();
    } catch (RuntimeException e) {
      // Others wait to be told as well.
      LOG.log(Level.ERROR, "an event of service discovery was not taken", e);
    }
  }

  Discovery.BrowseEvents of(Discovery.BrowseEvents events) {
    return new Discovery.BrowseEvents() {
      @Override
      public void results(Set<Browser.Result> results) {
        unlessCancelled(() -> events.results(results));
      }

      @Override
      public void waiting(NetworkException reason) {
        unlessCancelled(() -> events.waiting(reason));
      }

      @Override
      public void failed(NetworkException cause) {
        unlessCancelled(() -> events.failed(cause));
      }
    };
  }

  Discovery.ResolveEvents of(Discovery.ResolveEvents events) {
    return new Discovery.ResolveEvents() {
      @Override
      public void resolved(List<InetSocketAddress> addresses) {
        unlessCancelled(() -> events.resolved(addresses));
      }

      @Override
      public void failed(NetworkException cause) {
        unlessCancelled(() -> events.failed(cause));
      }
    };
  }

  Discovery.AdvertiseEvents of(Discovery.AdvertiseEvents events) {
    return new Discovery.AdvertiseEvents() {
      @Override
      public void registered(Endpoint.Bonjour endpoint) {
        unlessCancelled(() -> events.registered(endpoint));
      }

      @Override
      public void unregistered(Endpoint.Bonjour endpoint) {
        unlessCancelled(() -> events.unregistered(endpoint));
      }

      @Override
      public void failed(NetworkException cause) {
        unlessCancelled(() -> events.failed(cause));
      }
    };
  }
}
