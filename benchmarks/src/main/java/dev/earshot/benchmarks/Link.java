package dev.earshot.benchmarks;

import java.nio.channels.FileChannel;
import java.time.Duration;

/** The connecting side of one connection. */
public interface Link extends AutoCloseable {

  /** A way to send for the calling thread; each producing thread asks for its own. */
  Sender sender() throws Exception;

  /**
   * A way to send pieces of a file for the calling thread, in one order with what its {@link
   * #sender} sends. Only those have one that take part in {@code file}.
   *
   * @param file stays open as long as the link does; it is read only
   */
  default FileSender fileSender(FileChannel file) {
    throw new UnsupportedOperationException("sends no files");
  }

  /**
   * Waits for the next message of the server. Called by one thread only.
   *
   * @return its bytes, or null when none came in time
   */
  byte[] receive(Duration patience) throws Exception;

  /**
   * Wakes a connection that has gone silent with a message in flight. Does nothing unless the
   * library is known to need it; every use is counted and shown.
   */
  default void nudge() throws Exception {}

  /** Ends the connection with its library's farewell, if it has one. */
  @Override
  void close();

  /** Sends messages, for one thread. */
  interface Sender {

    /**
     * Hands one message over in order; blocks while there is no room. The bytes belong to the
     * library from now on, but nobody changes them, so the same array may be sent again.
     */
    void send(byte[] message) throws Exception;
  }

  /** Sends pieces of a file, for one thread. */
  interface FileSender {

    /** Hands over the bytes from {@code position} on; blocks while there is no room. */
    void send(long position, int length) throws Exception;
  }
}
