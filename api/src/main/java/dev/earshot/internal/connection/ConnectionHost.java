package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Transport;
import java.util.concurrent.Executor;

/**
 * What connections need of the network that made them.
 *
 * <p>Every method may be called on any thread, loops among them, and returns at once.
 */
public interface ConnectionHost {

  /** What dials. */
  Transport transport();

  /**
   * Looks up a host name or a Bonjour service, until cancelled or answered; also a numeric address
   * whose scope is a link's name.
   *
   * @param events called on any thread, perhaps inside this call; nothing once cancelled, except
   *     what is under way
   */
  Discovery.Operation lookup(Endpoint to, LinkFilter filter, Discovery.ResolveEvents events);

  /** The links of this computer as they were last seen. */
  LinkTable links();

  /** Takes note that {@code endpoint} was looked up and could not be reached. */
  void reconfirm(Endpoint.Bonjour endpoint);

  /**
   * Where the futures of connections complete that were started without a queue, or not at all, or
   * whose queue refuses tasks.
   */
  Executor fallbackQueue();

  /** Where what may block runs. */
  Executor workers();

  /**
   * Takes note of {@code connection}, which holds nothing yet, without keeping it.
   *
   * @return false if the network is closed
   */
  boolean made(LiveConnection connection);

  /**
   * Takes note that {@code connection} holds something from now on: an outgoing one when it starts,
   * an incoming one when it is made.
   *
   * @return false if the network is closed: the connection then ends at once
   */
  boolean opened(LiveConnection connection);

  /** Takes note that {@code connection} holds nothing any more. Once, and only if it was opened. */
  void ended(LiveConnection connection);
}
