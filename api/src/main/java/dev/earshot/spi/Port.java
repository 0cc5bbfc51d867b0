package dev.earshot.spi;

import dev.earshot.NetworkException;

/** A bound port. On the loop it was given. */
@LoopConfined
public interface Port {

  /** Stops or resumes accepting; what waits in the system's backlog stays there. */
  void accepting(boolean accepting);

  /** Frees the port; connections that were accepted live on. No event is called any more. */
  void close();

  /** What becomes of a port: {@code bound} or {@code failed}, then arrivals. */
  interface Events {
    /** Connections are accepted at port {@code number}. */
    void bound(int number);

    /**
     * Somebody connected. Called on the port's loop; the arrival belongs to {@link Arrival#loop()},
     * perhaps another.
     */
    void accepted(Arrival arrival);

    /** It could not be bound, or was lost; everything is freed. */
    void failed(NetworkException cause);
  }
}
