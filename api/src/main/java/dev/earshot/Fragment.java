package dev.earshot;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One datagram's part of a message. Immutable, and pure.
 *
 * <p>All fragments of a message but the last have the same number of bytes, which follows from the
 * two totals: so no two of them can overlap, and none has to say where it belongs but by its index.
 *
 * @param message the number of the message
 * @param total the bytes of the message
 * @param index which fragment it is, from 0 on
 * @param count how many fragments there are
 * @param content its bytes
 */
record Fragment(int message, int total, int index, int count, Payload content) {
  /** The bytes before the content: message and total of four each, index and count of two. */
  static final int HEADER = 12;

  /** The most fragments that a message has. */
  static final int MOST = 0xFFFF;

  private static final int TOTAL_AT = 4;
  private static final int INDEX_AT = 8;
  private static final int COUNT_AT = 10;

  /**
   * {@code content} as datagrams of at most {@code size} bytes; empty if they would be too many.
   *
   * @throws IllegalArgumentException if a datagram has no room for content
   */
  static List<Payload> cut(int message, Payload content, int size) {
    int room = size - HEADER;
    if (room < 1) {
      throw new IllegalArgumentException(
          "datagrams of " + size + " bytes have no room for content");
    }
    int total = content.length();
    int count = Math.max(1, piecesOf(total, room));
    if (count > MOST) {
      return List.of();
    }
    int piece = piecesOf(total, count);
    List<Payload> datagrams = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int length = Math.min(piece, total - i * piece);
      byte[] bytes = new byte[HEADER + length];
      write(bytes, 0, message, Integer.BYTES);
      write(bytes, TOTAL_AT, total, Integer.BYTES);
      write(bytes, INDEX_AT, i, Short.BYTES);
      write(bytes, COUNT_AT, count, Short.BYTES);
      content.copyTo(i * piece, bytes, HEADER, length);
      datagrams.add(Payload.wrap(bytes));
    }
    return datagrams;
  }

  /** What {@code datagram} is a part of; null if it is none, or of more than {@code most} bytes. */
  static @Nullable Fragment read(Payload datagram, int most) {
    if (datagram.length() < HEADER) {
      return null;
    }
    int total = read(datagram, TOTAL_AT, Integer.BYTES);
    int index = read(datagram, INDEX_AT, Short.BYTES);
    int count = read(datagram, COUNT_AT, Short.BYTES);
    boolean possible = total >= 0 && total <= most && index < count && count <= Math.max(1, total);
    if (!possible || (count > 1 && piecesOf(total, piecesOf(total, count)) != count)) {
      return null;
    }
    Payload content = datagram.slice(HEADER, datagram.length() - HEADER);
    Fragment read = new Fragment(read(datagram, 0, Integer.BYTES), total, index, count, content);
    int expected = Math.min(piecesOf(total, count), total - read.offset());
    return content.length() == expected ? read : null;
  }

  /** Where in the message it begins. */
  int offset() {
    return index * piecesOf(total, count);
  }

  /** {@code total} divided by {@code by}, rounded up. */
  private static int piecesOf(int total, int by) {
    return total / by + (total % by == 0 ? 0 : 1);
  }

  private static void write(byte[] target, int at, int value, int width) {
    for (int i = 0; i < width; i++) {
      target[at + i] = (byte) (value >>> Byte.SIZE * (width - 1 - i));
    }
  }

  private static int read(Payload source, int at, int width) {
    int value = 0;
    for (int i = 0; i < width; i++) {
      value = value << Byte.SIZE | source.byteAt(at + i) & 0xFF;
    }
    return value;
  }
}
