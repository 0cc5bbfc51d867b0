package dev.earshot.spi;

import java.util.concurrent.Executor;

/** Makes a {@link Transport}; found by {@link java.util.ServiceLoader}. */
public interface TransportProvider {

  /** A short name for messages, such as {@code netty}. */
  String name();

  /**
   * Opens a transport, with its threads.
   *
   * @param workers runs what may block, such as key look-ups during a handshake; owned by the
   *     caller
   */
  Transport open(Executor workers);
}
