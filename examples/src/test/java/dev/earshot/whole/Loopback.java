package dev.earshot.whole;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A network with the real providers, a listener on 127.0.0.1, and what it accepted, in order,
 * un-started. For one test; closed last.
 */
final class Loopback implements AutoCloseable {
  private final Network network;
  private final Parameters parameters;
  private final Listener listener;
  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();
  private final BlockingQueue<ConnectionGroup> arrivedGroups = new LinkedBlockingQueue<>();

  private Loopback(Network network, Parameters parameters) {
    this.network = network;
    this.parameters = parameters;
    this.listener = network.listener(parameters);
  }

  /** Opens a network and listens as {@code parameters} say, on loopback. */
  static Loopback listen(Parameters.Builder parameters) {
    Network network = Network.open();
    Loopback opened = new Loopback(network, parameters.requireLink(link(network)).build());
    opened.listener.start(opened.new Accepting(), Runnable::run);
    Eventually.get(opened.listener.ready());
    return opened;
  }

  /** The link that tests may use. */
  static NetworkLink link(Network network) {
    return network.links().stream()
        .filter(link -> link.type() == LinkType.LOOPBACK)
        .findFirst()
        .orElseThrow();
  }

  Network network() {
    return network;
  }

  Parameters parameters() {
    return parameters;
  }

  Listener listener() {
    return listener;
  }

  int port() {
    return listener.port().orElseThrow();
  }

  Endpoint endpoint() {
    return Endpoint.hostPort("127.0.0.1", port());
  }

  /** A connection to the listener, not started. */
  Connection connection() {
    return network.connection(endpoint(), parameters);
  }

  /** A group with the listener, not started. */
  ConnectionGroup group() {
    return network.connectionGroup(endpoint(), parameters);
  }

  /** The next that was accepted, not started. */
  Connection accepted() {
    return next(arrived);
  }

  /** The next group that was accepted, not started. */
  ConnectionGroup acceptedGroup() {
    return next(arrivedGroups);
  }

  private static <T> T next(BlockingQueue<T> arrivals) {
    try {
      T next = arrivals.poll(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nobody has arrived");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Two ends that are ready. */
  Pair pair(Executor queue) {
    Connection dialling = connection().start(new Connection.Handler() {}, queue);
    Connection accepting = accepted().start(new Connection.Handler() {}, queue);
    Eventually.get(dialling.ready());
    Eventually.get(accepting.ready());
    return new Pair(dialling, accepting);
  }

  @Override
  public void close() {
    network.close();
  }

  private final class Accepting implements Listener.Handler {
    @Override
    public void newConnection(Listener from, Connection connection) {
      arrived.add(connection);
    }

    @Override
    public void newConnectionGroup(Listener from, ConnectionGroup group) {
      arrivedGroups.add(group);
    }
  }

  /** The two ends of one connection. */
  record Pair(Connection dialling, Connection accepting) {}
}
