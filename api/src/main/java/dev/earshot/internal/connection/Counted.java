package dev.earshot.internal.connection;

/**
 * Whether the network counts a connection among those that hold something. Thread-safe: begun by
 * whoever starts the connection, ended by its loop, once.
 */
final class Counted {
  private final ConnectionHost host;
  private final LiveConnection connection;

  /** Set by who begins, cleared by the loop. */
  private volatile boolean isCounted;

  Counted(ConnectionHost host, LiveConnection connection) {
    this.host = host;
    this.connection = connection;
  }

  /**
   * Returns false if the network is closed. Whoever calls this tells the loop afterwards, which
   * calls {@link #end} if the connection was ended in between.
   */
  boolean begin() {
    boolean open = host.opened(connection);
    if (open) {
      isCounted = true;
    }
    return open;
  }

  /** Holds nothing any more; may be called again. On the loop. */
  void end() {
    if (isCounted) {
      isCounted = false;
      host.ended(connection);
    }
  }
}
