package dev.earshot.security.tls.engine;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

/** Some buffers of an array, read from or written to as if they were one. */
final class BufferRange {
  private final ByteBuffer[] buffers;
  private final int from;
  private final int to;

  /** Checks the range, and that no buffer is missing. */
  BufferRange(ByteBuffer[] buffers, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, buffers.length);
    this.buffers = buffers;
    this.from = offset;
    this.to = offset + count;
    for (int i = from; i < to; i++) {
      if (buffers[i] == null) {
        throw new IllegalArgumentException("buffer " + i + " is null");
      }
    }
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
