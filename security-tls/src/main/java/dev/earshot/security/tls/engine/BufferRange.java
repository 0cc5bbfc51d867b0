package dev.earshot.security.tls.engine;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

/**
 * Some buffers of an array, read from or written to as if they were one. Used for one call after
 * the other, so that a record costs no object; by one thread at a time.
 */
final class BufferRange {
  private static final ByteBuffer[] NONE = {};

  private ByteBuffer[] buffers = NONE;
  private int from;
  private int to;

  /** Takes these; checks the range, and that no buffer is missing. */
  BufferRange of(ByteBuffer[] array, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, array.length);
    buffers = array;
    from = offset;
    to = offset + count;
    for (int i = from; i < to; i++) {
      if (buffers[i] == null) {
        throw new IllegalArgumentException("buffer " + i + " is null");
      }
    }
    return this;
  }

  /** Keeps no buffer of a caller's. */
  void clear() {
    buffers = NONE;
    from = 0;
    to = 0;
  }

  /** The same, refused if a buffer cannot be written to. */
  BufferRange requireWritable() {
    for (int i = from; i < to; i++) {
      if (buffers[i].isReadOnly()) {
        throw new ReadOnlyBufferException();
      }
    }
    return this;
  }

  long remaining() {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += buffers[i].remaining();
    }
    return sum;
  }

  /** The first buffer with something remaining; there must be one. */
  ByteBuffer first() {
    for (int i = from; i < to; i++) {
      if (buffers[i].hasRemaining()) {
        return buffers[i];
      }
    }
    throw new IllegalStateException("nothing remains");
  }

  /** Reads {@code length} bytes, which must be there. */
  void get(byte[] target, int length) {
    int done = 0;
    for (int i = from; i < to && done < length; i++) {
      int part = Math.min(buffers[i].remaining(), length - done);
      buffers[i].get(target, done, part);
      done += part;
    }
  }

  /** Writes {@code length} bytes, for which there must be room. */
  void put(byte[] source, int length) {
    int done = 0;
    for (int i = from; i < to && done < length; i++) {
      int part = Math.min(buffers[i].remaining(), length - done);
      buffers[i].put(source, done, part);
      done += part;
    }
  }
}
