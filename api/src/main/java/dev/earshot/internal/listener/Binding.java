package dev.earshot.internal.listener;

import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.UnreachableException;
import dev.earshot.internal.connection.Protection;
import dev.earshot.internal.listener.ListenerMachine.Event;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.internal.path.LinkWatch;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Port;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a listener has to bind, binds it, and follows the links as they come and go. Says
 * what happened as events of the {@link ListenerMachine}, which says what to do about it.
 */
@LoopConfined
final class Binding implements Port.Events {
  /** How long after a failure it is tried again. */
  static final Duration RETRY = Duration.ofSeconds(1);

  /**
   * How often it is tried. An IPv6 address cannot be bound for a second or two after it came up,
   * while it is being checked for duplicates (RFC 4862, section 5.4), and any address of a link may
   * have gone since the last look. Addresses of this computer only are tried once.
   */
  static final int ATTEMPTS = 5;

  private final ListenerHost host;
  private final Loop loop;
  private final Parameters parameters;
  private final BindAddresses choice;
  private final BoundPorts ports;
  private final Consumer<Event> events;
  private final Consumer<Arrival> arrivals;

  private LinkTable links = new LinkTable(List.of());
  private int number;
  private int failures;
  private LinkWatch.@Nullable Subscription subscription;
  private Loop.@Nullable Timer retry;

  Binding(
      ListenerHost host,
      Loop loop,
      Parameters parameters,
      Protection protection,
      Consumer<Event> events,
      Consumer<Arrival> arrivals) {
    this.host = host;
    this.loop = loop;
    this.parameters = parameters;
    this.choice = new BindAddresses(parameters);
    this.ports = new BoundPorts(host.connections().transport(), loop, parameters, protection, this);
    this.number = parameters.localPort();
    this.events = events;
    this.arrivals = arrivals;
  }

  /** What is to be bound, in words and rules. */
  BindAddresses choice() {
    return choice;
  }

  /** The links as they were last seen; none unless the parameters make them matter. */
  LinkTable links() {
    loop.assertInLoop();
    return links;
  }

  /** The port that is bound, or was. */
  int number() {
    loop.assertInLoop();
    return number;
  }

  /** The links on which others can reach what is bound. */
  LinkFilter advertisedOn() {
    loop.assertInLoop();
    return choice.reachableOn(links);
  }

  /** Finds out what to bind, and goes on doing so until {@link #end}. */
  void seek() {
    loop.assertInLoop();
    if (choice.needLinks()) {
      subscription = host.watchLinks(loop, this::linksChanged);
    } else {
      events.accept(new Event.Addresses());
    }
  }

  private void linksChanged(LinkTable table) {
    links = table;
    compare();
  }

  private void compare() {
    Set<InetSocketAddress> wanted;
    try {
      wanted = Set.copyOf(choice.on(links, 0));
    } catch (UnreachableException e) {
      events.accept(new Event.NoAddresses(e));
      return;
    }
    Set<InetSocketAddress> bound =
        ports.addresses().stream()
            .map(address -> new InetSocketAddress(address, 0))
            .collect(Collectors.toSet());
    if (!wanted.containsAll(bound)) {
      events.accept(new Event.NoAddresses(choice.changed()));
      events.accept(new Event.Addresses());
    } else if (!wanted.equals(bound)) {
      events.accept(new Event.Addresses());
    }
  }

  /** Binds what is not bound yet. */
  void bind() {
    loop.assertInLoop();
    cancelRetry();
    List<InetSocketAddress> missing;
    try {
      missing =
          choice.on(links, number).stream()
              .filter(local -> !ports.addresses().contains(local.getAddress()))
              .toList();
    } catch (UnreachableException e) {
      throw new IllegalStateException("addresses that were there are gone without a look", e);
    }
    if (ports.addresses().isEmpty()) {
      ports.bind(missing);
    } else {
      ports.bindAlso(missing);
    }
  }

  /** Binds again after a while. */
  void retry() {
    loop.assertInLoop();
    cancelRetry();
    retry = loop.schedule(RETRY, this::compare);
  }

  /** Frees what is bound. */
  void unbind() {
    loop.assertInLoop();
    cancelRetry();
    ports.close();
  }

  /** Frees everything, for good. */
  void end() {
    unbind();
    if (subscription != null) {
      subscription.cancel();
      subscription = null;
    }
  }

  /** Stops or resumes accepting. */
  void accepting(boolean value) {
    ports.accepting(value);
  }

  private void cancelRetry() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  @Override
  public void bound(int port) {
    number = port;
    failures = 0;
    events.accept(new Event.Bound());
  }

  @Override
  public void accepted(Arrival arrival) {
    arrivals.accept(arrival);
  }

  @Override
  public void failed(NetworkException cause) {
    number = parameters.localPort(); // if any port will do, the next attempt takes another
    boolean mayComeRight =
        choice.areChosen()
            && ports.addresses().stream().anyMatch(address -> !address.isLoopbackAddress());
    if (mayComeRight && ++failures < ATTEMPTS) {
      events.accept(new Event.Refused(cause));
    } else {
      events.accept(new Event.Fail(cause));
    }
  }
}
