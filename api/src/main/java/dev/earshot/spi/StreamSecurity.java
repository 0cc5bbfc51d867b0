package dev.earshot.spi;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** Protection for streams, configured. Thread-safe. */
public interface StreamSecurity {

  /**
   * The protection of one connection.
   *
   * @param role which side this is
   * @param peer the other side, for messages
   */
  SecuredStream open(Role role, String peer);

  /**
   * The same for protection that asks for whom this side has connected to.
   *
   * @param endpoint what this side connects to, or where the peer came from
   */
  default SecuredStream open(Role role, String peer, Endpoint endpoint) {
    return open(role, peer);
  }

  /**
   * Loads what the first handshake needs, which may take some tenths of a second, so that it holds
   * no loop up. On a worker, any number of times; whoever does not wait for it loses time only.
   */
  default void prepare() {}

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

    /**
     * What the handshake waits for, if the engine wants a task run and has none to give: somebody
     * else's word. Null if it waits for nothing.
     */
    default @Nullable Pause pause() {
      return null;
    }

    /** Why the handshake takes so long, as far as can be guessed; asked when its time is over. */
    default Optional<NetworkException> suspicion() {
      return Optional.empty();
    }
  }

  /**
   * A handshake that waits for a decision of the program's, occupying no thread. Used by the loop.
   */
  interface Pause {
    /** Completes, on any thread and with null, when the engine can go on or has failed. */
    CompletionStage<Void> over();

    /** How long it may take. */
    Duration patience();

    /** That time is over: the engine fails. Nothing happens if there was a decision. */
    void giveUp();
  }
}
