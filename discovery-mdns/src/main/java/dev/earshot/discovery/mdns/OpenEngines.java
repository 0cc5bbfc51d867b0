package dev.earshot.discovery.mdns;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The engines that are open, so that none is left behind, whenever it was opened. Thread-safe.
 *
 * <p>Engines are opened beside the loop: one may come into being when the loop has already ended,
 * and nobody would ever hear of it.
 */
final class OpenEngines {
  private final Set<Engine> engines = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Notes {@code engine}; closes it if it comes too late. */
  void add(Engine engine) throws IOException {
    engines.add(engine);
    if (closed) {
      engine.abandon();
      throw new IOException("service discovery was closed meanwhile");
    }
  }

  void remove(Engine engine) {
    engines.remove(engine);
  }

  /** Closes those that are still open, and every one that comes from now on. The loop has ended. */
  void close() {
    closed = true;
    List.copyOf(engines).forEach(Engine::abandon);
  }
}
