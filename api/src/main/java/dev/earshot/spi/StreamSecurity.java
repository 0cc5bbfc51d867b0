package dev.earshot.spi;

import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import javax.net.ssl.SSLEngine;

/** Protection for streams, configured. Thread-safe. */
public interface StreamSecurity {

  /**
   * The protection of one connection.
   *
   * @param role which side this is
   * @param peer the other side, for messages
   */
  SecuredStream open(Role role, String peer);

  /** Which side of a handshake. */
  enum Role {
    /** The connecting side. */
    CLIENT,
    /** The accepting side. */
    SERVER
  }

  /** The protection of one connection. Used by one loop, and the engine's tasks by a worker. */
  interface SecuredStream {
    /**
     * The engine, in the right mode. What may block is a delegated task. It works on heap buffers
     * best.
     */
    SSLEngine engine();

    /** What the handshake settled; call it only when the handshake is over. */
    SecurityMetadata metadata();

    /**
     * What {@code cause}, thrown by the engine or by the stream under it, means to a user: a {@link
     * dev.earshot.HandshakeException} while the handshake is not over.
     */
    NetworkException explain(Throwable cause);
  }
}
