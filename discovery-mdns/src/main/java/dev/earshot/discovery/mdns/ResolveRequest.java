package dev.earshot.discovery.mdns;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.UnresolvedException;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looking a service up: asks on all links for its host and port, then for the host's addresses.
 *
 * <p>Answers once: a moment after the first link has everything, so that others may add to it; or
 * fails after five seconds.
 */
@LoopConfined
final class ResolveRequest implements LinkUser {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SETTLE = Duration.ofMillis(100);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final int MAXIMUM_ADDRESSES = 16;

  private final Loop loop;
  private final Endpoint.Bonjour endpoint;
  private final DnsName instance;
  private final LinkFilter filter;
  private final Discovery.ResolveEvents events;
  private final Runnable whenOver;
  private List<LinkResponder> links = List.of();
  private Duration pause = FIRST_PAUSE;
  private Loop.@Nullable Timer askTimer;
  private Loop.@Nullable Timer endTimer;
  private boolean settling;
  private boolean over;

  ResolveRequest(
      Loop loop,
      Endpoint.Bonjour endpoint,
      LinkFilter filter,
      Discovery.ResolveEvents events,
      Runnable whenOver) {
    this.loop = loop;
    this.endpoint = endpoint;
    this.instance = ServiceNames.of(endpoint.name(), endpoint.type());
    this.filter = filter;
    this.events = events;
    this.whenOver = whenOver;
  }

  @Override
  public LinkFilter filter() {
    return filter;
  }

  @Override
  public void linksChanged(List<LinkResponder> now, NetworkException whyNone) {
    List<LinkResponder> before = links;
    links = now;
    now.stream().filter(l -> !before.contains(l)).forEach(l -> l.watchInstance(instance));
    before.stream().filter(l -> !now.contains(l)).forEach(l -> l.unwatchInstance(instance));
    if (now.isEmpty()) {
      fail("looking up " + endpoint + ": " + whyNone.getMessage());
    } else if (endTimer == null) {
      endTimer = loop.schedule(PATIENCE, this::timeOut);
      recordsChanged(now.get(0));
      askAgain();
    }
  }

  @Override
  public void engineChanged(LinkResponder link) {
    if (link.engine().isPresent()) {
      ask(link);
    } else if (links.stream().allMatch(l -> l.problem().isPresent())) {
      fail("looking up " + endpoint + ": " + link.problem().orElse(""));
    }
  }

  @Override
  public void recordsChanged(LinkResponder link) {
    if (!settling && !addresses().isEmpty()) {
      settling = true;
      if (links.stream().noneMatch(l -> addresses(l).isEmpty())) {
        loop.execute(this::answer); // every link has answered: nothing to wait for
      } else {
        loop.schedule(SETTLE, this::answer);
      }
    } else if (!settling) {
      links.forEach(this::askForHosts);
    }
  }

  private void askAgain() {
    if (!settling && !over) {
      links.forEach(this::ask);
      askTimer = loop.schedule(pause, this::askAgain);
      pause = pause.multipliedBy(2);
    }
  }

  private void ask(LinkResponder link) {
    if (link.store().latest(instance, DnsRecord.SRV).isEmpty()) {
      link.askAnew(List.of(new Question(instance, DnsRecord.SRV, false)));
    } else {
      askForHosts(link);
    }
  }

  private void askForHosts(LinkResponder link) {
    for (DnsRecord server : link.store().records(instance, DnsRecord.SRV)) {
      DnsName host = ((DnsRecord.Server) server.data()).target();
      if (link.store().records(host, DnsRecord.A).isEmpty()
          && link.store().records(host, DnsRecord.AAAA).isEmpty()) {
        link.askAnew(
            List.of(
                new Question(host, DnsRecord.A, false), new Question(host, DnsRecord.AAAA, false)));
      }
    }
  }

  private void answer() {
    Set<InetSocketAddress> addresses = addresses();
    settling = false;
    if (!over && !addresses.isEmpty()) {
      end();
      events.resolved(List.copyOf(addresses));
    }
  }

  private Set<InetSocketAddress> addresses() {
    List<InetSocketAddress> all = new ArrayList<>();
    links.forEach(link -> all.addAll(addresses(link)));
    all.sort(Comparator.comparingInt(a -> rank(a.getAddress())));
    return new LinkedHashSet<>(all.subList(0, Math.min(all.size(), MAXIMUM_ADDRESSES)));
  }

  /** IPv4 first: it is what a home network surely has; what is local to the link last. */
  private static int rank(InetAddress address) {
    boolean four = address instanceof Inet4Address;
    return (four ? 0 : 1) + (address.isLinkLocalAddress() ? 2 : 0);
  }

  private List<InetSocketAddress> addresses(LinkResponder link) {
    List<InetSocketAddress> found = new ArrayList<>();
    link.store()
        .latest(instance, DnsRecord.SRV)
        .map(record -> (DnsRecord.Server) record.data())
        .filter(server -> server.port() != 0)
        .ifPresent(
            server -> {
              for (int type : new int[] {DnsRecord.A, DnsRecord.AAAA}) {
                for (DnsRecord record : link.store().records(server.target(), type)) {
                  InetAddress address = ((DnsRecord.Address) record.data()).address();
                  if (isDialable(address, link)) {
                    found.add(new InetSocketAddress(scoped(address, link), server.port()));
                  }
                }
              }
            });
    return found;
  }

  /** A loopback address that came over a network means the sender's computer, not this one. */
  private static boolean isDialable(InetAddress address, LinkResponder link) {
    return !address.isAnyLocalAddress()
        && !address.isMulticastAddress()
        && (!address.isLoopbackAddress() || link.where().isLoopback());
  }

  /** A link-local address means nothing without the link it was heard on. */
  private static InetAddress scoped(InetAddress address, LinkResponder link) {
    if (address instanceof Inet6Address && address.isLinkLocalAddress()) {
      try {
        return Inet6Address.getByAddress(null, address.getAddress(), link.where().link().index());
      } catch (UnknownHostException e) {
        throw new IllegalStateException("an address of 16 bytes", e);
      }
    }
    return address;
  }

  private void timeOut() {
    boolean hostKnown =
        links.stream().anyMatch(l -> l.store().latest(instance, DnsRecord.SRV).isPresent());
    fail(
        "looking up "
            + endpoint
            + " on "
            + links
            + (hostKnown ? ": its host has no address" : ": nobody answered")
            + " within "
            + PATIENCE.toSeconds()
            + " s");
  }

  private void fail(String message) {
    if (!over) {
      end();
      events.failed(new UnresolvedException(message));
    }
  }

  /** Ends it without an event. */
  void end() {
    if (over) {
      return;
    }
    over = true;
    if (askTimer != null) {
      askTimer.cancel();
    }
    if (endTimer != null) {
      endTimer.cancel();
    }
    links.forEach(l -> l.unwatchInstance(instance));
    links = List.of();
    whenOver.run();
  }
}
