package dev.earshot.internal.framing;

import dev.earshot.ContentMetadata;
import dev.earshot.Framer;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.spi.LoopConfined;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of bytes, wherever they are cut.
 *
 * <p>Headers and whole messages are read where they lie; only a header that is cut is copied
 * before. A message that is cut grows with what has arrived of it, never with what its header
 * promises, and never beyond the framer's limit.
 */
@LoopConfined
final class FrameReader {
  /** The least that is set aside for a message of which little has arrived. */
  private static final int FIRST_GROWTH = 2 << 10;

  private static final int GROWTH = 8;

  /** A message is a part of the piece it came in if that keeps no more than as much again. */
  private static final int LARGEST_WASTE = 2;

  private final Framer framer;
  private final String peer;
  private final int headerLimit;
  private final int messageLimit;

  /** A header of which not all has arrived; allocated when there is one. */
  private byte @Nullable [] header;

  private int headerLength;

  // The message whose header has been read and whose content has not all arrived.
  private @Nullable ContentMetadata metadata;
  private int size;
  private byte[] content = new byte[0];
  private int length;

  FrameReader(Framer framer, String peer) {
    this.framer = framer;
    this.peer = peer;
    this.headerLimit = framer.maximumHeaderSize();
    this.messageLimit = framer.maximumMessageSize();
  }

  /** Reads on, and adds what is whole. */
  void read(Payload bytes, List<Received> messages) throws FramingException {
    int at = 0;
    if (metadata != null) {
      at = fill(bytes, 0, messages);
    } else if (headerLength > 0) {
      at = completeHeader(bytes, messages);
    }
    if (at == bytes.length()) {
      return;
    }
    ByteBuffer buffer = bytes.asByteBuffer();
    while (at < bytes.length()) {
      int begin = header(buffer, at, bytes.length());
      if (begin < 0) {
        keep(bytes, at);
        return;
      }
      at = begin(bytes, begin, messages);
    }
  }

  /** The bytes are over. */
  void end(List<Received> messages) throws FramingException {
    if (metadata != null) {
      throw wrong(
          "it ended within a message, after %d of its %d bytes".formatted(length, size), null);
    }
    if (headerLength > 0) {
      throw wrong("it ended within a header, after %d bytes".formatted(headerLength), null);
    }
    messages.add(Received.end(ContentMetadata.NONE));
  }

  /** Reads a header that begins at {@code at}: where it ends, -1 if it is not all there. */
  private int header(ByteBuffer bytes, int at, int end) throws FramingException {
    int limit = Math.min(end, at + headerLimit);
    Framer.Frame frame = frame(bytes.limit(limit).position(at).order(ByteOrder.BIG_ENDIAN));
    if (frame == null) {
      if (limit - at == headerLimit) {
        throw wrong(
            "a header of more than %d bytes (Framer.maximumHeaderSize)".formatted(headerLimit),
            null);
      }
      return -1;
    }
    if (bytes.position() <= at) {
      throw wrong(framer + " has read a header of no bytes", null);
    }
    if (frame.contentSize() < 0 || frame.contentSize() > messageLimit) {
      throw wrong(
          "a message of %s bytes, limit %d (Framer.maximumMessageSize)"
              .formatted(Long.toUnsignedString(frame.contentSize()), messageLimit),
          null);
    }
    metadata = frame.metadata();
    size = (int) frame.contentSize();
    return bytes.position();
  }

  private Framer.@Nullable Frame frame(ByteBuffer bytes) throws FramingException {
    Optional<Framer.Frame> found;
    try {
      found = framer.readHeader(bytes);
    } catch (FramingException e) {
      throw wrong(e.getMessage(), e);
    } catch (RuntimeException mistake) {
      throw wrong(framer + " threw " + mistake, mistake);
    }
    return found.orElse(null);
  }

  /** Keeps the beginning of a header, which is all that is left. */
  private void keep(Payload bytes, int at) {
    if (header == null) {
      header = new byte[headerLimit];
    }
    int count = bytes.length() - at;
    bytes.copyTo(at, header, headerLength, count);
    headerLength += count;
  }

  /** Goes on with a header that was cut. */
  private int completeHeader(Payload bytes, List<Received> messages) throws FramingException {
    byte[] kept = header;
    if (kept == null) {
      throw new IllegalStateException("a header without bytes");
    }
    int before = headerLength;
    int count = Math.min(bytes.length(), headerLimit - before);
    bytes.copyTo(0, kept, before, count);
    int end = header(ByteBuffer.wrap(kept).asReadOnlyBuffer(), 0, before + count);
    if (end < 0) {
      headerLength = before + count;
      return bytes.length();
    }
    if (end < before) {
      throw wrong(framer + " wanted more bytes of a header than it then read", null);
    }
    headerLength = 0;
    return begin(bytes, end - before, messages);
  }

  /** Takes the message whose header has been read, if all of it is here, or its beginning. */
  private int begin(Payload bytes, int at, List<Received> messages) {
    ContentMetadata about = metadata;
    if (about == null || size > bytes.length() - at) {
      return fill(bytes, at, messages);
    }
    messages.add(Received.message(part(bytes, at, size), about));
    metadata = null;
    return at + size;
  }

  private static Payload part(Payload bytes, int at, int count) {
    if (count * (long) LARGEST_WASTE >= bytes.length()) {
      return bytes.slice(at, count);
    }
    byte[] copy = new byte[count];
    bytes.copyTo(at, copy, 0, count);
    return Payload.wrap(copy);
  }

  /** Goes on with the message that was cut. */
  private int fill(Payload bytes, int at, List<Received> messages) {
    int count = Math.min(size - length, bytes.length() - at);
    int needed = length + count;
    if (content.length < needed) {
      content = Arrays.copyOf(content, grown(needed));
    }
    bytes.copyTo(at, content, length, count);
    length = needed;
    ContentMetadata about = metadata;
    if (length == size && about != null) {
      messages.add(Received.message(Payload.wrap(content), about));
      metadata = null;
      content = new byte[0];
      length = 0;
    }
    return at + count;
  }

  /** A multiple of what has arrived, so that growing costs little and promises cost nothing. */
  private int grown(int needed) {
    return (int) Math.min(size, Math.max(FIRST_GROWTH, GROWTH * (long) needed));
  }

  private FramingException wrong(String what, @Nullable Throwable cause) {
    return new FramingException("receiving from " + peer + ": " + what, cause);
  }
}
