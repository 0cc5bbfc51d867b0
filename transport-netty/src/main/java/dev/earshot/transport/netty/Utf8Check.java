package dev.earshot.transport.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Whether bytes that arrive bit by bit are UTF-8 (RFC 3629, section 4). It says no at the first
 * byte that cannot be part of any well-formed text.
 */
final class Utf8Check {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long NOT_ASCII = 0x8080_8080_8080_8080L;
  private static final int FIRST_TAIL = 0x80;
  private static final int LAST_TAIL = 0xBF;

  /** How many bytes of a character are still to come. */
  private int missing;

  /** Between which bounds the next of them must be. */
  private int least;

  private int most;

  /** Looks at more bytes; whether the text can still be well-formed. */
  boolean accepts(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      if (missing == 0) {
        at = skipAscii(bytes, at, to);
        if (at < to && !lead(bytes[at++] & 0xFF)) {
          return false;
        }
      } else {
        int tail = bytes[at++] & 0xFF;
        if (tail < least || tail > most) {
          return false;
        }
        missing--;
        least = FIRST_TAIL;
        most = LAST_TAIL;
      }
    }
    return true;
  }

  /** Whether the text ends here with a whole character. */
  boolean isComplete() {
    return missing == 0;
  }

  /** Begins another text. */
  void reset() {
    missing = 0;
  }

  private static int skipAscii(byte[] bytes, int from, int to) {
    int at = from;
    while (at <= to - Long.BYTES && ((long) LONG.get(bytes, at) & NOT_ASCII) == 0) {
      at += Long.BYTES;
    }
    while (at < to && bytes[at] >= 0) {
      at++;
    }
    return at;
  }

  private boolean lead(int value) {
    least = FIRST_TAIL;
    most = LAST_TAIL;
    if (value >= 0xC2 && value <= 0xDF) {
      missing = 1;
    } else if (value >= 0xE0 && value <= 0xEF) {
      missing = 2;
      least = value == 0xE0 ? 0xA0 : FIRST_TAIL; // else it would fit into two bytes
      most = value == 0xED ? 0x9F : LAST_TAIL; // else a surrogate
    } else if (value >= 0xF0 && value <= 0xF4) {
      missing = 3;
      least = value == 0xF0 ? 0x90 : FIRST_TAIL; // else it would fit into three
      most = value == 0xF4 ? 0x8F : LAST_TAIL; // else beyond U+10FFFF
    } else {
      return false;
    }
    return true;
  }
}
