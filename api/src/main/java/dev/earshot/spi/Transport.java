package dev.earshot.spi;

import dev.earshot.Parameters;

/**
 * Dials and listens. All methods may be called on any thread, except where a loop is given: then on
 * that loop.
 */
public interface Transport extends AutoCloseable {

  /** Whether this transport can do what {@code parameters} ask for, security left aside. */
  boolean supports(Parameters parameters);

  /**
   * Why {@link #supports} says no, and what to do about it: the artifact to add, if one is missing.
   */
  default String obstacle(Parameters parameters) {
    return "the transport cannot do what is asked";
  }

  /** The loop for a new handle. */
  Loop nextLoop();

  /**
   * Begins to connect to one address. The transport sets no deadline: the caller cancels. For
   * {@link dev.earshot.Protocol.Quic} it becomes a {@link GroupPipe}.
   *
   * @return the attempt, which calls {@code events} on {@code loop}, never inside this call
   */
  Dial dial(Loop loop, DialRequest request, Dial.Events events);

  /**
   * Begins to accept connections.
   *
   * @return the port, which calls {@code events} on {@code loop}, never inside this call
   */
  Port listen(Loop loop, ListenRequest request, Port.Events events);

  /**
   * Frees threads and sockets, within half a second; called once every handle has ended. Pipes that
   * are still open are aborted.
   */
  @Override
  void close();
}
