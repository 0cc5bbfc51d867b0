package dev.earshot.discovery.mdns;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Service;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LoopConfined;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A service of ours on all its links, under one name: whoever has to take another name on one link
 * takes it on all.
 */
@LoopConfined
final class Publication implements LinkUser {
  private final LinkFilter filter;
  private final int port;
  private final ClaimedNames claimed;
  private final Discovery.AdvertiseEvents events;
  private final int salt = ThreadLocalRandom.current().nextInt();
  private final Map<LinkResponder, Engine.Published> published = new LinkedHashMap<>();
  private List<LinkResponder> links = List.of();
  private Service service; // always with a name
  private NameLadder names;
  private int step;
  private Endpoint.@Nullable Bonjour registered;
  private boolean over;

  /** A publication of {@code service}, which has a name. */
  Publication(
      Service service,
      int port,
      LinkFilter filter,
      ClaimedNames claimed,
      Discovery.AdvertiseEvents events) {
    this.service = service;
    this.port = port;
    this.filter = filter;
    this.claimed = claimed;
    this.events = events;
    this.names = ladder(service);
    claim(1);
  }

  private NameLadder ladder(Service named) {
    return new NameLadder(named.name().orElseThrow(), salt);
  }

  /** Goes to the first step from {@code from} on that no other service of ours stands on. */
  private void claim(int from) {
    step = from;
    while (!claimed.claim(this, ServiceNames.of(names.name(step), service.type()))) {
      step++;
    }
  }

  @Override
  public LinkFilter filter() {
    return filter;
  }

  @Override
  public void linksChanged(List<LinkResponder> now, NetworkException whyNone) {
    for (LinkResponder link : List.copyOf(published.keySet())) {
      if (!now.contains(link)) {
        withdraw(link);
      }
    }
    links = now;
    evaluate();
  }

  @Override
  public void engineChanged(LinkResponder link) {
    published.remove(link);
    evaluate();
  }

  /** Publishes another TXT record or another name. */
  void update(Service newer) {
    boolean renamed = !newer.name().equals(service.name());
    boolean described = !newer.txtRecord().equals(service.txtRecord());
    service = newer;
    if (renamed) {
      List.copyOf(published.keySet()).forEach(this::withdraw);
      names = ladder(newer);
      claim(1);
      evaluate();
    } else if (described) {
      published.values().forEach(p -> p.update(newer.txtRecord()));
    }
  }

  private void evaluate() {
    if (over) {
      return;
    }
    int highest = published.values().stream().mapToInt(Engine.Published::step).max().orElse(step);
    if (highest > step) {
      claim(highest);
    }
    for (LinkResponder link : links) {
      Engine.Published there = published.get(link);
      if (there != null && there.step() < step) {
        withdraw(link);
      }
      if (!published.containsKey(link)) {
        link.engine().ifPresent(engine -> published.put(link, publish(engine)));
      }
    }
    tell();
  }

  private Engine.Published publish(Engine engine) {
    return engine.publish(
        new Engine.Publishing(names, step, service.type(), port, service.txtRecord()),
        this::evaluate);
  }

  private void withdraw(LinkResponder link) {
    Engine.Published there = published.remove(link);
    if (there != null) {
      there.withdraw();
    }
  }

  private void tell() {
    Endpoint.Bonjour endpoint = Endpoint.bonjour(names.name(step), service.type());
    Endpoint.Bonjour before = registered;
    if (before != null && (!before.equals(endpoint) || published.isEmpty())) {
      registered = null;
      events.unregistered(before);
    }
    if (registered == null
        && !over
        && published.values().stream().anyMatch(Engine.Published::isAnnounced)) {
      registered = endpoint;
      events.registered(endpoint);
    }
  }

  /** Says goodbye; no event follows. */
  void end() {
    over = true;
    List.copyOf(published.keySet()).forEach(this::withdraw);
    claimed.release(this);
    links = List.of();
  }
}
