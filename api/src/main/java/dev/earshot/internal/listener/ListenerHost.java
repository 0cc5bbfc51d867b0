package dev.earshot.internal.listener;

import dev.earshot.internal.connection.ConnectionHost;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.internal.path.LinkWatch;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.Loop;
import java.util.function.Consumer;

/** What listeners need of the network that made them. Every method may be called on any thread. */
public interface ListenerHost {

  /** What the connections that are accepted need, the transport among it. */
  ConnectionHost connections();

  /**
   * What advertises.
   *
   * @throws IllegalStateException if there is no discovery, naming the artifact to add
   */
  Discovery discovery();

  /** What a service is called that has no name of its own. */
  String computerName();

  /** Tells the links, soon and whenever they have changed. */
  LinkWatch.Subscription watchLinks(Loop on, Consumer<LinkTable> subscriber);

  /**
   * Takes note that {@code listener} holds something from now on.
   *
   * @return false if the network is closed
   */
  boolean opened(LiveListener listener);

  /** Takes note that {@code listener} holds nothing any more. */
  void ended(LiveListener listener);
}
