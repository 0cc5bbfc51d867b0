package dev.earshot.transport.netty;

import dev.earshot.spi.FilePart;
import dev.earshot.spi.LoopConfined;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to and from one peer: a socket, or TLS on one. Each stands on another and under whatever is
 * its {@link Above}.
 *
 * <p>All methods are called on the loop, in both directions. Arrays are lent for the time of a
 * call, unless a method says otherwise.
 */
@LoopConfined
interface ByteStage {

  /** Puts {@code above} on top, instead of what was there. */
  void attach(Above above);

  /**
   * Asks for bytes: {@link Above#bytes}, {@link Above#ended} or {@link Above#failed} is called, the
   * first perhaps more than once, later or inside this call. Asking again before that changes
   * nothing.
   */
  void read();

  /** Takes bytes to be sent after the next {@link #flush}, however many wait already. */
  void write(byte[] bytes, int from, int to);

  /** Whether it takes bytes from where they lie, behind those of an array. */
  default boolean takesTails() {
    return false;
  }

  /**
   * Takes bytes and then those of {@code tail}, if there is one, {@link NettyLoop.Arrays#LENGTH} at
   * most together, as {@link #write(byte[], int, int)} does.
   */
  default void write(byte[] bytes, int from, int to, @Nullable ByteBuffer tail) {
    throw new IllegalStateException("takes no tails");
  }

  /**
   * Whether {@link #write(FilePart)} takes parts of {@code file}: what is written reaches the
   * network as it is, and the system can read the file by itself.
   */
  default boolean sendsFrom(FileChannel file) {
    return false;
  }

  /** Takes a part of a file as {@link #write(byte[], int, int)} takes bytes. */
  default void write(FilePart part) {
    throw new IllegalStateException("cannot send " + part);
  }

  /** Sends what was written. */
  void flush();

  /** Whether little enough waits to be sent; if not, {@link Above#writable} will say so. */
  boolean isWritable();

  /**
   * Runs {@code task} once all that was written, and flushed, is with the system; never if that
   * fails.
   */
  void whenSent(Runnable task);

  /** Says that nothing will be written any more, after what was written. Reading goes on. */
  void finish();

  /**
   * Lets go in order: {@link #finish}, then drops what arrives until the peer finishes too, for at
   * most a second, since closing with bytes unread would reset the connection and could destroy
   * what was sent last. {@link Above} hears no more.
   *
   * @param peerFirst whether to wait for the peer's end before finishing
   */
  void leave(boolean peerFirst);

  /**
   * Ends it at once: what was not sent is dropped, and the peer sees a reset, unless all that was
   * written, and the end, have been sent already. {@link Above} hears no more.
   */
  void abort();

  /** Who gets the bytes. */
  @LoopConfined
  interface Above {
    /** Some bytes, at least one; what is before them in the array may be written over. */
    void bytes(byte[] bytes, int from, int to);

    /** How much it would like to write over before the bytes that come next. */
    default int room() {
      return 0;
    }

    /** An array for so many bytes, if it wants them {@link #given} in its own and not lent. */
    default byte @Nullable [] arrayFor(int count) {
      return null;
    }

    /** Some bytes, at least one, at the beginning of an array that {@link #arrayFor} gave. */
    default void given(byte[] bytes, int count) {
      bytes(bytes, 0, count);
    }

    /** The peer has finished: no more bytes. */
    void ended();

    /** There is room again. */
    void writable();

    /** It is over: a {@link dev.earshot.NetworkException}, or what a socket throws. Once, last. */
    void failed(Throwable cause);
  }
}
