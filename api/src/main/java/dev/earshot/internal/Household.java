package dev.earshot.internal;

import dev.earshot.Endpoint;
import dev.earshot.internal.browser.BrowserHost;
import dev.earshot.internal.browser.LiveBrowser;
import dev.earshot.internal.connection.ConnectionHost;
import dev.earshot.internal.connection.LiveConnection;
import dev.earshot.internal.listener.ListenerHost;
import dev.earshot.internal.listener.LiveListener;
import dev.earshot.internal.path.HostNames;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.internal.path.LinkWatch;
import dev.earshot.internal.path.NameLookup;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Transport;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What the handles of one network share: providers, threads, and what is known of the links. */
final class Household implements ListenerHost, BrowserHost {
  private static final System.Logger LOG = System.getLogger("dev.earshot");

  private final List<WorkerThreads> threads; // the network's own; none if the user brought some
  private final Executor workers;
  private final Executor queues;
  private final WatchedTransport transport;
  private final Optional<Discovery> discovery;
  private final Loop loop;
  private final LinkWatch links;
  private final LinkNews news;
  private final NameLookup names;
  private final HandleSet<LiveConnection> openConnections = new HandleSet<>();
  private final HandleSet<AutoCloseable> openDoors = new HandleSet<>();
  private final ComputerName computerName = ComputerName.ofSystem();
  private final ConnectionHost connections = new ForConnections();

  Household(NetworkParts parts) {
    WorkerThreads own = new WorkerThreads(); // no thread is made before it is needed
    threads = parts.workers().isPresent() ? List.of() : List.of(own);
    workers = parts.workers().orElse(own.workers());
    queues = parts.workers().orElse(own.queues());
    transport =
        new WatchedTransport(new PreparingTransport(parts.transport().open(workers), workers));
    discovery = openDiscovery(parts);
    loop = transport.nextLoop();
    links = new LinkWatch(parts.links(), loop, workers);
    links.lookNow(); // the first connection may have to know which address its link has
    news = new LinkNews(links, loop, openConnections, openDoors);
    names =
        new NameLookup(
            new HostNames(InetAddress::getAllByName, parts.links(), loop, workers),
            this::discovery,
            loop);
  }

  private Optional<Discovery> openDiscovery(NetworkParts parts) {
    try {
      return parts.discovery().map(provider -> provider.open(parts.links()));
    } catch (RuntimeException e) {
      transport.close();
      throw e;
    }
  }

  /** The loop for what belongs to no single handle. */
  Loop loop() {
    return loop;
  }

  /** Connections that hold something, or may. */
  HandleSet<LiveConnection> openConnections() {
    return openConnections;
  }

  /** Listeners and browsers that hold something, or may. */
  HandleSet<AutoCloseable> openDoors() {
    return openDoors;
  }

  /** How all of it ends. */
  NetworkEnd end() {
    AutoCloseable closing = discovery.<AutoCloseable>map(open -> open).orElse(() -> {});
    return new NetworkEnd(transport, closing, openConnections, openDoors, threads, loop::nanoTime);
  }

  @Override
  public ConnectionHost connections() {
    return connections;
  }

  @Override
  public Discovery discovery() {
    return discovery.orElseThrow(() -> Providers.missing("discovery", Providers.DISCOVERY));
  }

  @Override
  public String computerName() {
    return computerName.text();
  }

  @Override
  public LinkWatch.Subscription watchLinks(Loop on, Consumer<LinkTable> subscriber) {
    return links.subscribe(on, subscriber);
  }

  @Override
  public Loop nextLoop() {
    return transport.nextLoop();
  }

  @Override
  public Executor fallbackQueue() {
    return queues;
  }

  @Override
  public boolean opened(LiveListener listener) {
    return openDoors.opened(listener);
  }

  @Override
  public void ended(LiveListener listener) {
    openDoors.ended(listener);
  }

  @Override
  public boolean opened(LiveBrowser browser) {
    return openDoors.opened(browser);
  }

  @Override
  public void ended(LiveBrowser browser) {
    openDoors.ended(browser);
  }

  /** The same for connections, which know nothing of listeners and browsers. */
  private final class ForConnections implements ConnectionHost {
    @Override
    public Transport transport() {
      return transport;
    }

    @Override
    public Discovery.Operation lookup(
        Endpoint to, LinkFilter filter, Discovery.ResolveEvents events) {
      return names.resolve(to, filter, events);
    }

    @Override
    public LinkTable links() {
      return links.lastTold();
    }

    @Override
    public void reconfirm(Endpoint.Bonjour endpoint) {
      try {
        discovery.ifPresent(open -> open.reconfirm(endpoint));
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "doubting " + endpoint + ": discovery failed", e);
      }
    }

    @Override
    public Executor fallbackQueue() {
      return queues;
    }

    @Override
    public Executor workers() {
      return workers;
    }

    @Override
    public boolean made(LiveConnection connection) {
      return openConnections.made(connection);
    }

    @Override
    public boolean opened(LiveConnection connection) {
      boolean taken = openConnections.opened(connection);
      if (taken) {
        news.connectionOpened();
      }
      return taken;
    }

    @Override
    public void ended(LiveConnection connection) {
      openConnections.ended(connection);
    }
  }
}
