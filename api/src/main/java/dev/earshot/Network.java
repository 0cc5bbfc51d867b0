package dev.earshot;

import dev.earshot.internal.LiveNetwork;
import dev.earshot.spi.DiscoveryProvider;
import dev.earshot.spi.LinkSource;
import dev.earshot.spi.SecurityProvider;
import dev.earshot.spi.TransportProvider;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * The one door: makes connections, listeners and browsers, and owns the threads behind them.
 *
 * <p>A program opens one network, makes handles with it, and closes it last:
 *
 * <ol>
 *   <li>{@link #open}: the providers of transport, discovery and security are found by {@link
 *       java.util.ServiceLoader}; add {@code earshot-transport-netty}, {@code
 *       earshot-discovery-mdns} and {@code earshot-security-tls} to the class path or module path.
 *       A transport is always needed, the others by those who use them.
 *   <li>{@link #listener}, {@link #connection}, {@link #browser}: each is configured, then started
 *       with a handler and an executor of yours. A handle that was never started owns nothing.
 *   <li>{@link #close}: whatever was not cancelled is cancelled now.
 * </ol>
 *
 * <p>The side that connects:
 *
 * <pre>{@code
 * Parameters parameters = Parameters.webSocket().security(Security.psk(key)).build();
 * try (Network network = Network.open()) {
 *   Endpoint den = Endpoint.bonjour("Den", ServiceType.tcp("echo"));
 *   Connection connection = network.connection(den, parameters).start();
 *   connection.ready().join().send(Payload.utf8("hello")).join();
 * }
 * }</pre>
 *
 * <p>The side that accepts:
 *
 * <pre>{@code
 * Listener listener = network.listener(parameters);
 * listener.advertise(Service.of("Den", ServiceType.tcp("echo")));
 * listener.start((self, connection) -> greet(connection.start()), queue);
 * }</pre>
 *
 * <p>The name is looked up when the connection starts. A {@link #browser} tells which names there
 * are.
 *
 * <p>Threads: every method may be called from any thread, also in a handler. All but {@link #open},
 * {@link #links} and {@link #close} return at once. Your code runs on your executors, one call of a
 * handle after the other; handles that were started without one use threads of the network's. The
 * library's threads are daemons: they do not keep a program running.
 */
public interface Network extends AutoCloseable {

  /**
   * Opens a network with the providers that are there.
   *
   * @throws IllegalStateException if there is no transport, naming the artifact to add
   */
  static Network open() {
    return builder().open();
  }

  /** A builder, for choosing providers by hand. */
  static Builder builder() {
    return LiveNetwork.builder();
  }

  /**
   * A connection to {@code to}, not started.
   *
   * @throws IllegalStateException if the network is closed, or a provider that the parameters need
   *     is missing, naming the artifact to add
   */
  Connection connection(Endpoint to, Parameters parameters);

  /**
   * A group of connections to {@code to}, not started.
   *
   * @param quic parameters for {@link Protocol.Quic}
   * @throws IllegalArgumentException if the parameters are for another protocol
   * @throws IllegalStateException as for {@link #connection}
   */
  ConnectionGroup connectionGroup(Endpoint to, Parameters quic);

  /**
   * A listener, not started. One for QUIC hands over groups, see {@link
   * Listener.Handler#newConnectionGroup}.
   *
   * @throws IllegalStateException as for {@link #connection}
   */
  Listener listener(Parameters parameters);

  /**
   * A browser for services of {@code type} on the links that {@code parameters} allow, not started.
   *
   * @throws IllegalStateException as for {@link #connection}
   */
  Browser browser(ServiceType type, Parameters parameters);

  /** Whether the providers at hand can do what {@code parameters} ask for. */
  boolean supports(Parameters parameters);

  /** The links of this computer that are up. */
  List<NetworkLink> links();

  /** The time that the handles go by. */
  NetworkClock clock();

  /**
   * The link called {@code name} that is up.
   *
   * @throws UnreachableException if there is none, listing those there are
   */
  default NetworkLink link(String name) throws UnreachableException {
    Objects.requireNonNull(name, "name");
    for (NetworkLink link : links()) {
      if (link.name().equals(name)) {
        return link;
      }
    }
    throw new UnreachableException("no link called '" + name + "' is up; there are " + links());
  }

  /**
   * Cancels every handle, waits until they have ended, and frees everything; returns within a
   * second. Handlers may still be called on their queues for what happened before.
   *
   * <p>May be called again, and in a handler: it does not wait for queues. Called on a thread of
   * the transport's, where handlers run whose executor runs tasks in the calling thread, it begins
   * the end and does not wait for it.
   */
  @Override
  void close();

  /** Chooses providers by hand. Not safe for several threads. */
  interface Builder {
    /** Uses {@code provider} instead of what is found. */
    Builder transport(TransportProvider provider);

    /** Uses {@code provider} instead of what is found. */
    Builder discovery(DiscoveryProvider provider);

    /** Uses {@code provider} instead of what is found. */
    Builder security(SecurityProvider provider);

    /** Uses {@code source} instead of the operating system's interfaces. */
    Builder links(LinkSource source);

    /**
     * Runs what may block, and the futures of handles started without an executor, on {@code
     * executor} instead of threads of the network's own, for instance on virtual threads. It is not
     * shut down when the network is closed.
     */
    Builder workers(Executor executor);

    /**
     * Opens the network.
     *
     * @throws IllegalStateException if there is no transport, naming the artifact to add
     */
    Network open();
  }
}
