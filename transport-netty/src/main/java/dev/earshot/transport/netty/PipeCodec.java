package dev.earshot.transport.netty;

import dev.earshot.NetworkException;
import dev.earshot.Received;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns content into the bytes of a protocol and back. It does no I/O, knows no time, and keeps
 * nothing of an array that it was lent.
 */
@LoopConfined
interface PipeCodec {

  /** Whether it keeps the boundaries of messages. */
  boolean isMessageBased();

  /**
   * Takes a piece of content to encode; only while {@link #hasOutput} is false or says of replies
   * only.
   */
  void begin(Outgoing piece) throws NetworkException;

  /**
   * Writes all of a piece at once, which is faster than {@link #begin} and {@link #encode}, if it
   * fits and is one of the usual kind; only while {@link #hasOutput} is false.
   *
   * @return where it stopped; -1 if nothing was written and the piece is still to be begun
   */
  default int encodeWhole(Outgoing piece, byte[] target, int at, int limit) {
    return -1;
  }

  /** Whether {@link #encode} has something to write: the rest of a piece, or a reply. */
  boolean hasOutput();

  /**
   * Writes as much as fits into {@code target} from {@code at} up to {@code limit}.
   *
   * @return where it stopped; {@link #hasOutput} then says whether it was for want of room
   */
  int encode(byte[] target, int at, int limit);

  /**
   * Shows what {@link #encode} would write next instead of writing it, if that is so many bytes of
   * the content as it is, and copying them is worth avoiding.
   */
  default @Nullable ByteBuffer show(int count) {
    return null;
  }

  /** Makes the protocol's farewell the next and last output, unless it was said already. */
  void sayFarewell();

  /** The same, since all of this side goes away, if the farewell can say so. */
  default void sayGoingAway() {
    sayFarewell();
  }

  /** Whether the farewell has been encoded: nothing may follow. */
  boolean hasSaidFarewell();

  /**
   * Reads bytes from the peer and adds what they bring to {@code batch}.
   *
   * @throws NetworkException if they break the protocol's rules; what came before them is in the
   *     batch, and {@link #sayFarewell} will say so; nothing may be decoded any more
   */
  void decode(byte[] bytes, int from, int to, List<Received> batch) throws NetworkException;

  /** Whether the peer's farewell has been decoded. */
  boolean hasHeardFarewell();

  /**
   * The peer's bytes are over.
   *
   * @throws NetworkException if they should not be
   */
  void ended(List<Received> batch) throws NetworkException;
}
