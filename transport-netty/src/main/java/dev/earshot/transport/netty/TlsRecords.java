package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import java.util.Arrays;

/**
 * Protected bytes that could not be used yet: a record that is cut, or what came while the engine
 * was busy. Of a read, only the record at its end is ever copied here as a rule.
 */
@LoopConfined
final class TlsRecords {
  private static final byte[] NONE = new byte[0];

  /** Type, version and length (RFC 8446, section 5.1). */
  private static final int HEADER = 5;

  private byte[] kept = NONE;
  private int length;

  boolean isEmpty() {
    return length == 0;
  }

  /** Keeps bytes after those that are kept. */
  void add(byte[] bytes, int from, int to) {
    reserve(length + to - from);
    System.arraycopy(bytes, from, kept, length, to - from);
    length += to - from;
  }

  /**
   * Keeps as many bytes as the first record lacks; if it lacks none, none.
   *
   * @return where the bytes begin that were not kept
   */
  int complete(byte[] bytes, int from, int to) {
    int at = from;
    int lacking = recordLength() - length;
    while (at < to && lacking > 0) {
      int count = Math.min(lacking, to - at);
      reserve(recordLength());
      add(bytes, at, at + count);
      at += count;
      lacking = recordLength() - length; // its header may have been completed by now
    }
    return at;
  }

  /** All that is kept, which is kept no longer. */
  byte[] take() {
    byte[] taken = kept.length == length ? kept : Arrays.copyOf(kept, length);
    kept = NONE;
    length = 0;
    return taken;
  }

  /** At most 64 KiB, since the length has two bytes; the engine refuses what is too long. */
  private int recordLength() {
    return length < HEADER ? HEADER : HEADER + ((kept[3] & 0xFF) << 8 | kept[4] & 0xFF);
  }

  private void reserve(int capacity) {
    if (kept.length < capacity) {
      kept = Arrays.copyOf(kept, capacity);
    }
  }

  /** {@code first}, with a part of {@code second} after it. */
  static byte[] joined(byte[] first, byte[] second, int from, int to) {
    if (from == to) {
      return first;
    }
    byte[] both = Arrays.copyOf(first, first.length + to - from);
    System.arraycopy(second, from, both, first.length, to - from);
    return both;
  }
}
