package dev.earshot.spi;

import dev.earshot.NetworkPath;

/** A connection that a port accepted, and with which nothing has been exchanged. On the loop. */
@LoopConfined
public interface Arrival {

  /** Where it came from and arrived. */
  NetworkPath path();

  /** The loop that owns it: the one it must be opened on. May be called on any thread. */
  Loop loop();

  /**
   * Begins the handshakes, with this side accepting. Once.
   *
   * @return the attempt, which calls {@code events}, without {@code connected}, on the loop, never
   *     inside this call
   */
  Dial open(Dial.Events events);

  /** Closes it at once, without having been opened. */
  void refuse();
}
