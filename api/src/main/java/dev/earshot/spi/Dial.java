package dev.earshot.spi;

import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import java.util.Optional;

/** One attempt to bring a pipe about, outgoing or incoming. On the loop. */
@LoopConfined
public interface Dial {

  /**
   * Gives up: frees everything, and calls no event any more. After {@link Events#ready} or {@link
   * Events#failed} it does nothing.
   */
  void cancel();

  /**
   * Gives up as {@link #cancel} does, since the time for its handshakes is over. Where the protocol
   * has a word for that, the peer is told.
   */
  default void timedOut() {
    cancel();
  }

  /** Why it takes so long, as far as that can be guessed; asked when its time is over. */
  default Optional<NetworkException> suspicion() {
    return Optional.empty();
  }

  /** What becomes of an attempt: {@code connected} at most once, then one of the other two. */
  interface Events {
    /** The other side answers; handshakes of security and of the protocol follow. */
    void connected(NetworkPath path);

    /** Everything is agreed. {@link Pipe#attach} must be called inside this call. */
    void ready(Pipe pipe);

    /**
     * It did not come about; everything is freed. {@link dev.earshot.UnreachableException} before
     * {@code connected}, {@link dev.earshot.HandshakeException} as a rule after it.
     */
    void failed(NetworkException cause);
  }
}
