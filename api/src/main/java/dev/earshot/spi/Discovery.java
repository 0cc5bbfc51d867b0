package dev.earshot.spi;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * Advertises, browses and resolves services.
 *
 * <p>All methods may be called on any thread and return at once. Events may come on any thread,
 * those of one operation one at a time, and none after the operation was cancelled, except one that
 * is under way. Without a {@linkplain LinkFilter#required() required} link, loopback and tunnels
 * are left out, unless loopback is the only link that is up.
 */
public interface Discovery extends AutoCloseable {

  /** Publishes {@code service} with {@code port} on the links that {@code filter} permits. */
  Advertisement advertise(Service service, int port, LinkFilter filter, AdvertiseEvents events);

  /** Looks for services of {@code type}, until cancelled. */
  Operation browse(ServiceType type, boolean txtRecords, LinkFilter filter, BrowseEvents events);

  /** Looks {@code endpoint} up, until cancelled or answered. */
  Operation resolve(Endpoint.Bonjour endpoint, LinkFilter filter, ResolveEvents events);

  /**
   * Says that {@code endpoint} could not be reached: whether it is still there is asked again (RFC
   * 6762, section 10.4), and browsers see it go if nobody answers.
   */
  void reconfirm(Endpoint.Bonjour endpoint);

  /** Withdraws everything and frees threads and sockets, within a second. */
  @Override
  void close();

  /** Something under way. */
  interface Operation {
    /** Ends it. */
    void cancel();
  }

  /** A service being published. */
  interface Advertisement extends Operation {
    /** Publishes another TXT record, or another name; the type stays. */
    void update(Service service);
  }

  /** What becomes of an advertisement. */
  interface AdvertiseEvents {
    /** It can be found under {@code endpoint}. */
    void registered(Endpoint.Bonjour endpoint);

    /** It can no longer be found under {@code endpoint}, for instance since it is renamed. */
    void unregistered(Endpoint.Bonjour endpoint);

    /** It cannot be published; over. */
    void failed(NetworkException cause);
  }

  /** What browsing finds. */
  interface BrowseEvents {
    /** All there is now; the first call, perhaps with nothing, says that browsing has begun. */
    void results(Set<Browser.Result> results);

    /** There is no link to browse on; {@code results} says when there is. */
    void waiting(NetworkException reason);

    /** It cannot go on; over. */
    void failed(NetworkException cause);
  }

  /** What a look-up brings: one of the two, once. */
  interface ResolveEvents {
    /** Where it is, the likeliest address first; at least one. */
    void resolved(List<InetSocketAddress> addresses);

    /** Nobody answered within five seconds, or there is no link to ask on; over. */
    void failed(NetworkException cause);
  }
}
