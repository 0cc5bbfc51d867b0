package dev.earshot;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * How messages are told apart on a stream of bytes: each is preceded by a header that says how long
 * it is. With {@link Parameters.Builder#framer} a connection over TCP carries messages.
 *
 * <p>Ready-made ones: {@link #lengthPrefixed(int)} and {@link #tlv(int, int)}. One of your own says
 * what its headers look like, and no more; the library gathers the content, wherever the network
 * has cut it, and keeps the limits. So a framer cannot read without end, nor take memory that has
 * not been paid for with bytes: a length above {@link #maximumMessageSize()} is refused before
 * anything is set aside, and what is set aside grows with what has arrived.
 *
 * <p>Threads: a framer has no state that changes, since one object serves every connection that was
 * made with it, on several threads at a time. {@link #readHeader} and {@link #writeHeader} are
 * called on the library's own threads, for every message: they must not block, and keep nothing of
 * the buffer that they are lent. {@link #requireSendable} is called on the thread that sends. What
 * the first two throw ends the connection with {@link FramingException}.
 *
 * <pre>{@code
 * Parameters.tcp().framer(Framer.lengthPrefixed(4).maximumMessageSize(1 << 20)).build()
 * }</pre>
 */
public interface Framer {

  /** The most bytes that a header has, at least 1; the same whenever it is asked. */
  int maximumHeaderSize();

  /**
   * The most bytes that the content of a message has; the same whenever it is asked. What the peer
   * announces beyond it ends the connection with {@link FramingException}; what is to be sent
   * beyond it fails with {@link TooLargeException}.
   */
  int maximumMessageSize();

  /**
   * Reads the header that begins at the position of {@code bytes}, and moves the position to where
   * the content begins.
   *
   * <p>The buffer is read-only and big-endian. It has at most {@link #maximumHeaderSize()} bytes,
   * fewer if no more have arrived: then the method may answer that this is not the whole header,
   * and is called again with the same bytes and more. It must find the same header however many
   * follow it.
   *
   * @return what the header says; empty if there is not all of it
   * @throws FramingException if it breaks the rules; the message says what is wrong, and the
   *     library adds with whom
   */
  Optional<Frame> readHeader(ByteBuffer bytes) throws FramingException;

  /**
   * Writes a header at the position of {@code target}, and moves the position behind it. The buffer
   * is big-endian and has room for {@link #maximumHeaderSize()} bytes.
   *
   * @param contentSize the bytes that follow the header, at most {@link #maximumMessageSize()}
   * @param metadata what was given with the message in {@link SendOptions}
   */
  void writeHeader(ByteBuffer target, int contentSize, ContentMetadata metadata);

  /**
   * Refuses what cannot be sent, in the call that sends it; by default nothing is refused.
   *
   * @throws IllegalArgumentException if {@code metadata} has no form in this framer's headers
   */
  default void requireSendable(ContentMetadata metadata) {}

  /**
   * What a header says. Immutable.
   *
   * @param contentSize the bytes of content that follow; a negative number is a length that does
   *     not fit into 63 bits
   * @param metadata what a read is told beside them
   */
  record Frame(long contentSize, ContentMetadata metadata) {
    /** Checks that there is metadata. */
    public Frame {
      Objects.requireNonNull(metadata, "metadata");
    }
  }

  /**
   * Messages preceded by their length: big-endian, without counting itself, at most {@value
   * LengthPrefixedFramer#DEFAULT_MAXIMUM} bytes, until the methods of the framer say otherwise.
   *
   * @param width the bytes of the length: 1, 2, 4 or 8
   */
  static LengthPrefixedFramer lengthPrefixed(int width) {
    return new LengthPrefixedFramer(width);
  }

  /**
   * Messages preceded by their type and their length: big-endian, the length that of the content,
   * at most {@value LengthPrefixedFramer#DEFAULT_MAXIMUM} bytes, until the methods of the framer
   * say otherwise. {@link ContentMetadata.Typed} has the type.
   *
   * <p>{@code Framer.tlv(4, 4).littleEndian()} is what Apple's sample TicTacToe speaks.
   *
   * @param typeWidth the bytes of the type: 1, 2, 4 or 8
   * @param lengthWidth the bytes of the length: 1, 2, 4 or 8
   */
  static TlvFramer tlv(int typeWidth, int lengthWidth) {
    return new TlvFramer(typeWidth, lengthWidth);
  }
}
