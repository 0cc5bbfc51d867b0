package dev.earshot.testing;

import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.UnresolvedException;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.DiscoveryProvider;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource;
import dev.earshot.spi.LinkSource.LinkState;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One computer in a {@link MemoryAir}, as discovery and its provider: advertises, browses and
 * resolves as a real one would, name conflicts included.
 *
 * <p>What can go wrong: {@link #vanish} leaves what it advertised to be heard until somebody doubts
 * it, {@link #loseName} takes a name away, {@link #fail} ends everything it does. Thread-safe.
 */
public final class MemoryDiscovery implements Discovery, DiscoveryProvider {
  private static final Duration NOBODY_ANSWERS = Duration.ofSeconds(5);

  private final MemoryAir air;
  private final List<MemoryAdvertisement> own = new CopyOnWriteArrayList<>();
  private final List<MemoryBrowse> browses = new CopyOnWriteArrayList<>();
  private volatile LinkSource links = MemoryLinks.loopbackOnly();
  private volatile boolean gone;

  MemoryDiscovery(MemoryAir air) {
    this.air = air;
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Discovery open(LinkSource source) {
    links = source;
    if (source instanceof MemoryLinks memory) {
      memory.whenChanged(() -> air.loop().execute(air::changed));
    }
    return this;
  }

  @Override
  public Advertisement advertise(
      Service service, int port, LinkFilter filter, AdvertiseEvents events) {
    requireOpen();
    MemoryAdvertisement made = new MemoryAdvertisement(air, this, service, port, filter, events);
    own.add(made);
    air.loop().execute(made::begin);
    return made;
  }

  @Override
  public Operation browse(
      ServiceType type, boolean txtRecords, LinkFilter filter, BrowseEvents events) {
    requireOpen();
    MemoryBrowse made = new MemoryBrowse(this, type, txtRecords, filter, events);
    browses.add(made);
    air.loop().execute(() -> air.add(made));
    return made;
  }

  @Override
  public Operation resolve(Endpoint.Bonjour endpoint, LinkFilter filter, ResolveEvents events) {
    requireOpen();
    Question question = new Question(endpoint, filter, events);
    air.loop().execute(question::ask);
    return question;
  }

  @Override
  public void reconfirm(Endpoint.Bonjour endpoint) {
    air.loop()
        .execute(
            () ->
                air.called(endpoint)
                    .filter(each -> each.computer().isGone())
                    .ifPresent(MemoryAdvertisement::end));
  }

  @Override
  public void close() {
    gone = true;
    air.loop()
        .execute(
            () -> {
              own.forEach(MemoryAdvertisement::end);
              browses.forEach(MemoryBrowse::end);
            });
  }

  /** Is gone without a farewell: others hear what it advertised until it is reconfirmed. */
  public void vanish() {
    gone = true;
  }

  /**
   * Somebody claims {@code name}: what was advertised under it is advertised under {@code other}.
   */
  public void loseName(String name, String other) {
    air.loop()
        .execute(
            () ->
                own.stream()
                    .filter(each -> each.endpoint().map(it -> it.name().equals(name)).orElse(false))
                    .forEach(each -> each.loseNameTo(other)));
  }

  /** Everything that is advertised and browsed for here fails. */
  public void fail(NetworkException cause) {
    air.loop()
        .execute(
            () -> {
              own.forEach(each -> each.fail(cause));
              browses.forEach(each -> each.fail(cause));
            });
  }

  MemoryAir air() {
    return air;
  }

  boolean isGone() {
    return gone;
  }

  /** The links that may be used: no loopback and no tunnels, unless there is nothing else. */
  List<LinkState> usable(LinkFilter filter) {
    List<LinkState> all = links instanceof MemoryLinks memory ? memory.now() : links.links();
    List<LinkState> up =
        all.stream().filter(LinkState::up).filter(state -> !state.addresses().isEmpty()).toList();
    boolean onlyLoopback = up.stream().allMatch(state -> state.link().type() == LinkType.LOOPBACK);
    return up.stream()
        .filter(state -> filter.permits(state.link()))
        .filter(
            state ->
                filter.required().isPresent()
                    || onlyLoopback
                    || state.link().type() != LinkType.LOOPBACK && !state.pointToPoint())
        .toList();
  }

  /** {@code address} as a computer has to write it that is reached over {@code link}. */
  static InetAddress seenOn(NetworkLink link, InetAddress address) {
    if (!(address instanceof Inet6Address six) || !six.isLinkLocalAddress()) {
      return address;
    }
    try {
      return Inet6Address.getByAddress(null, six.getAddress(), link.index());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private void requireOpen() {
    if (gone) {
      throw new IllegalStateException("discovery in memory is closed");
    }
  }

  /** A look-up. On the air's loop. */
  private final class Question implements Operation {
    private final Endpoint.Bonjour endpoint;
    private final LinkFilter filter;
    private final ResolveEvents events;
    private volatile boolean over;

    Question(Endpoint.Bonjour endpoint, LinkFilter filter, ResolveEvents events) {
      this.endpoint = endpoint;
      this.filter = filter;
      this.events = events;
    }

    void ask() {
      boolean known = !addresses().isEmpty();
      air.loop().schedule(known ? air.latency() : NOBODY_ANSWERS, this::answer);
    }

    private void answer() {
      if (over || isGone()) {
        return;
      }
      over = true;
      List<InetSocketAddress> found = addresses();
      if (found.isEmpty()) {
        events.failed(
            new UnresolvedException("looking up " + endpoint + ": nobody answered within 5 s"));
      } else {
        events.resolved(found);
      }
    }

    private List<InetSocketAddress> addresses() {
      List<InetSocketAddress> found = new ArrayList<>();
      air.called(endpoint)
          .ifPresent(
              each ->
                  usable(filter)
                      .forEach(state -> each.addressesOn(state.link()).forEach(found::add)));
      return found;
    }

    @Override
    public void cancel() {
      over = true;
    }
  }
}
