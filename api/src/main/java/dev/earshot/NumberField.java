package dev.earshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An unsigned number of 1, 2, 4 or 8 bytes in a header. Immutable.
 *
 * @param width how many bytes
 * @param order in which order
 */
record NumberField(int width, ByteOrder order) {
  NumberField {
    if (width != Byte.BYTES
        && width != Short.BYTES
        && width != Integer.BYTES
        && width != Long.BYTES) {
      throw new IllegalArgumentException("a field of " + width + " bytes: it has 1, 2, 4 or 8");
    }
  }

  /** The next number; negative if it does not fit into 63 bits. */
  long read(ByteBuffer bytes) {
    bytes.order(order);
    return switch (width) {
      case Byte.BYTES -> Byte.toUnsignedLong(bytes.get());
      case Short.BYTES -> Short.toUnsignedLong(bytes.getShort());
      case Integer.BYTES -> Integer.toUnsignedLong(bytes.getInt());
      default -> bytes.getLong();
    };
  }

  /** Writes {@code value}, which fits. */
  void write(ByteBuffer target, long value) {
    target.order(order);
    switch (width) {
      case Byte.BYTES -> target.put((byte) value);
      case Short.BYTES -> target.putShort((short) value);
      case Integer.BYTES -> target.putInt((int) value);
      default -> target.putLong(value);
    }
  }

  /** The largest number that it can have, as a signed one. */
  long maximum() {
    return width == Long.BYTES ? Long.MAX_VALUE : (1L << Byte.SIZE * width) - 1;
  }

  /** Whether it can have {@code value}, read as unsigned. */
  boolean fits(long value) {
    return width == Long.BYTES || value >= 0 && value <= maximum();
  }

  @Override
  public String toString() {
    return width + (order == ByteOrder.BIG_ENDIAN ? " bytes big-endian" : " bytes little-endian");
  }
}
