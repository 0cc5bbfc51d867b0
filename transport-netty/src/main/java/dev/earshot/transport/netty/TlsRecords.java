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

  /** How many bytes are kept. */
  int length() {
    return length;
  }

  /** Keeps bytes after those that are kept. */
  void add(byte[] bytes, int from, int to) {
    int needed = length + to - from;
    if (needed == 0) {
      kept = NONE;
      return;
    }
    if (kept.length < needed) {
      kept = Arrays.copyOf(kept, Math.max(needed, 2 * kept.length)); // made seldom
    }
    System.arraycopy(bytes, from, kept, length, to - from);
    length = needed;
  }

  /**
   * Copies what is kept, which is kept no longer, to where {@code at} follows it.
   *
   * @return where it begins
   */
  int putBefore(byte[] bytes, int at) {
    int start = at - length;
    System.arraycopy(kept, 0, bytes, start, length);
    length = 0;
    return start;
  }

  /** All that is kept, which is kept no longer. */
  byte[] take() {
    byte[] taken = kept.length == length ? kept : Arrays.copyOf(kept, length);
    kept = NONE;
    length = 0;
    return taken;
  }

  /** How many bytes those records have that begin at {@code from} and are whole. */
  static int whole(byte[] bytes, int from, int to) {
    int at = from;
    while (to - at >= HEADER) {
      int end = at + HEADER + ((bytes[at + 3] & 0xFF) << 8 | bytes[at + 4] & 0xFF);
      if (end > to) {
        break;
      }
      at = end;
    }
    return at - from;
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
