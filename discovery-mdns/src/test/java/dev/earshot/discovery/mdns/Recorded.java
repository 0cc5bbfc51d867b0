package dev.earshot.discovery.mdns;

import dev.earshot.Browser;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.spi.Discovery;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Records events, and waits for what they are to say. */
class Recorded
    implements Discovery.BrowseEvents, Discovery.AdvertiseEvents, Discovery.ResolveEvents {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<String> events = new ArrayList<>();
  private Set<Browser.Result> results = Set.of();
  private List<InetSocketAddress> addresses = List.of();

  @Override
  public synchronized void results(Set<Browser.Result> now) {
    results = now;
    add("results " + now.stream().map(r -> r.endpoint().name()).sorted().toList());
  }

  @Override
  public synchronized void waiting(NetworkException reason) {
    add("waiting " + reason.getMessage());
  }

  @Override
  public synchronized void failed(NetworkException cause) {
    add("failed " + cause.getMessage());
  }

  @Override
  public synchronized void registered(Endpoint.Bonjour endpoint) {
    add("registered " + endpoint.name());
  }

  @Override
  public synchronized void unregistered(Endpoint.Bonjour endpoint) {
    add("unregistered " + endpoint.name());
  }

  @Override
  public synchronized void resolved(List<InetSocketAddress> found) {
    addresses = found;
    add("resolved");
  }

  private void add(String event) {
    events.add(event);
    notifyAll();
  }

  synchronized List<String> events() {
    return List.copyOf(events);
  }

  synchronized List<InetSocketAddress> addresses() {
    return addresses;
  }

  synchronized Set<Browser.Result> results() {
    return results;
  }

  synchronized Optional<Browser.Result> find(String name) {
    return results.stream().filter(r -> r.endpoint().name().equals(name)).findAny();
  }

  /** Waits until {@code condition} holds, and fails with the events if it does not. */
  synchronized void await(String what, Supplier<Boolean> condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.get()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(what + " did not happen; events: " + events);
      }
      wait(Math.min(left, 100)); // what is waited for may be told to somebody else
    }
  }

  void awaitEvent(String event) throws InterruptedException {
    await(event, () -> events.stream().anyMatch(e -> e.startsWith(event)));
  }

  void awaitFound(String name) throws InterruptedException {
    await("finding " + name, () -> find(name).isPresent());
  }

  void awaitGone(String name) throws InterruptedException {
    await("losing " + name, () -> find(name).isEmpty());
  }
}
