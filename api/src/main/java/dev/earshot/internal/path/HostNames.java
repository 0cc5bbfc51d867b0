package dev.earshot.internal.path;

import dev.earshot.Endpoint;
import dev.earshot.UnresolvedException;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.spi.Loop;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

/**
 * Asks the system's resolver, which blocks for as long as it likes and cannot be interrupted: so
 * each name is asked for once at a time, however many want to know, and only {@link #AT_ONCE} names
 * at the same time. The others wait; it is for the caller to set a deadline.
 *
 * <p>Its state is confined to the loop it was made with. {@link #resolve} may be called on any
 * thread; answers come on any thread.
 */
public final class HostNames {
  /** The names that are asked for at the same time; each may hold a worker for long. */
  static final int AT_ONCE = 4;

  private static final System.Logger LOG = System.getLogger("dev.earshot.path");

  private final Resolver resolver;
  private final LinkSource links;
  private final Loop loop;
  private final Executor workers;

  // All below: on the loop.
  private final Map<String, List<Waiter>> waiters = new HashMap<>();
  private final Queue<String> queued = new ArrayDeque<>();
  private int asking;

  /** Knows the addresses of hosts; blocks. */
  public interface Resolver {
    /** The addresses of {@code host}, at least one. */
    InetAddress[] addressesOf(String host) throws UnknownHostException;
  }

  /** Asks {@code resolver} on {@code workers}; {@code links} complete addresses without a scope. */
  public HostNames(Resolver resolver, LinkSource links, Loop loop, Executor workers) {
    this.resolver = resolver;
    this.links = links;
    this.loop = loop;
    this.workers = workers;
  }

  Discovery.Operation resolve(
      Endpoint.HostPort host, LinkFilter filter, Discovery.ResolveEvents events) {
    Waiter waiter = new Waiter(host, filter, events);
    loop.execute(() -> add(waiter));
    return () -> cancel(waiter);
  }

  private void cancel(Waiter waiter) {
    try {
      loop.execute(() -> remove(waiter));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.TRACE, "nothing is looked up any more: the network is closed", e);
    }
  }

  private void add(Waiter waiter) {
    String name = waiter.host.host();
    List<Waiter> those = waiters.get(name);
    if (those != null) {
      those.add(waiter);
      return;
    }
    waiters.put(name, new ArrayList<>(List.of(waiter)));
    queued.add(name);
    askNext();
  }

  private void remove(Waiter waiter) {
    String name = waiter.host.host();
    List<Waiter> those = waiters.get(name);
    // A name that is being asked for stays, so that it is not asked for a second time meanwhile.
    if (those != null && those.remove(waiter) && those.isEmpty() && queued.remove(name)) {
      waiters.remove(name);
    }
  }

  private void askNext() {
    while (asking < AT_ONCE && !queued.isEmpty()) {
      String name = queued.remove();
      asking++;
      try {
        workers.execute(() -> askOnWorker(name));
      } catch (RejectedExecutionException e) {
        answered(name, new Answer(List.of(), List.of(), "the network is closing"));
      }
    }
  }

  private void askOnWorker(String name) {
    Answer answer;
    try {
      List<InetAddress> addresses = List.of(resolver.addressesOf(name));
      boolean scopes = addresses.stream().anyMatch(Addresses::lacksScope);
      answer = new Answer(addresses, scopes ? links.links() : List.of(), "it has no address");
    } catch (UnknownHostException e) {
      answer = new Answer(List.of(), List.of(), "the system's resolver does not know it");
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "looking up " + name, e);
      answer = new Answer(List.of(), List.of(), "the system's resolver failed: " + e);
    }
    Answer result = answer;
    try {
      loop.execute(() -> answered(name, result));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the answer for " + name + " came too late: the network is closed", e);
    }
  }

  private void answered(String name, Answer answer) {
    asking--;
    List<Waiter> those = waiters.remove(name);
    if (those != null) {
      those.forEach(waiter -> waiter.tell(answer));
    }
    askNext();
  }

  /** What the resolver said; {@code links} only if there are scopes to be added. */
  private record Answer(List<InetAddress> addresses, List<LinkState> links, String otherwise) {
    Stream<InetAddress> permitted(LinkFilter filter) {
      return addresses.stream()
          .flatMap(
              address ->
                  Addresses.lacksScope(address) ? scoped(address, filter) : Stream.of(address));
    }

    /** A link-local address without a scope is one address on each link (RFC 4007, section 6). */
    private Stream<InetAddress> scoped(InetAddress address, LinkFilter filter) {
      return new LinkTable(links)
          .permitted(filter).stream()
              .filter(state -> state.addresses().stream().anyMatch(Answer::isLinkLocalIpv6))
              .map(state -> Addresses.on(state.link(), address));
    }

    private static boolean isLinkLocalIpv6(InetAddress address) {
      return address instanceof Inet6Address && address.isLinkLocalAddress();
    }
  }

  /** One who wants to know. Compares by identity. */
  private static final class Waiter {
    private final Endpoint.HostPort host;
    private final LinkFilter filter;
    private final Discovery.ResolveEvents events;

    Waiter(Endpoint.HostPort host, LinkFilter filter, Discovery.ResolveEvents events) {
      this.host = host;
      this.filter = filter;
      this.events = events;
    }

    void tell(Answer answer) {
      List<InetSocketAddress> addresses =
          answer
              .permitted(filter)
              .map(address -> new InetSocketAddress(address, host.port()))
              .toList();
      if (addresses.isEmpty()) {
        String why =
            answer.addresses.isEmpty()
                ? answer.otherwise
                : "a link-local address needs a scope, such as fe80::1%eth0";
        events.failed(new UnresolvedException("looking up " + host.host() + ": " + why));
      } else {
        events.resolved(addresses);
      }
    }
  }
}
