package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.UnresolvedException;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.spi.Transport;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/** A network that knows what a test told it. */
final class FakeHost implements ConnectionHost {
  private final Transport transport;
  private final Executor fallback;
  private final Map<Endpoint, List<InetSocketAddress>> names = new HashMap<>();
  private final Set<LiveConnection> open = new LinkedHashSet<>();
  private final List<Endpoint> reconfirmed = new ArrayList<>();
  private final List<String> mistakes = new ArrayList<>();
  private LinkTable links = new LinkTable(List.of());
  private Executor workers;
  private boolean answersLookups = true;
  private boolean closed;
  private int lookups;

  FakeHost(Transport transport, Executor fallback) {
    this.transport = transport;
    this.fallback = fallback;
    this.workers = fallback;
  }

  /** Reads files on {@code executor} from now on. */
  void workers(Executor executor) {
    workers = executor;
  }

  void name(Endpoint endpoint, InetSocketAddress... addresses) {
    names.put(endpoint, List.of(addresses));
  }

  void answersLookups(boolean value) {
    answersLookups = value;
  }

  void links(LinkState... states) {
    links = new LinkTable(List.of(states));
  }

  void close() {
    closed = true;
  }

  /** The connections that hold something. */
  Set<LiveConnection> open() {
    return open;
  }

  List<Endpoint> reconfirmed() {
    return reconfirmed;
  }

  List<String> mistakes() {
    return mistakes;
  }

  int lookups() {
    return lookups;
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public Discovery.Operation lookup(
      Endpoint to, LinkFilter filter, Discovery.ResolveEvents events) {
    lookups++;
    if (answersLookups) {
      List<InetSocketAddress> found = names.get(to);
      if (found == null) {
        NetworkException cause = new UnresolvedException("looking up " + to + ": no answer");
        fallback.execute(() -> events.failed(cause));
      } else {
        events.resolved(found);
      }
    }
    return () -> {};
  }

  @Override
  public LinkTable links() {
    return links;
  }

  @Override
  public void reconfirm(Endpoint.Bonjour endpoint) {
    reconfirmed.add(endpoint);
  }

  @Override
  public Executor fallbackQueue() {
    return fallback;
  }

  @Override
  public Executor workers() {
    return workers;
  }

  @Override
  public boolean made(LiveConnection connection) {
    return !closed;
  }

  @Override
  public boolean opened(LiveConnection connection) {
    if (closed) {
      return false;
    }
    if (!open.add(connection)) {
      mistakes.add("opened twice: " + connection);
    }
    return true;
  }

  @Override
  public void ended(LiveConnection connection) {
    if (!open.remove(connection)) {
      mistakes.add("ended without being open: " + connection);
    }
  }
}
