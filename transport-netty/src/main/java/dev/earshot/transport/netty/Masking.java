package dev.earshot.transport.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The masking of RFC 6455, section 5.3: each byte is combined with the byte of the key whose turn
 * it is. Eight bytes a step.
 *
 * <p>A key is held with its first byte lowest. {@link #rotate} gives the key for what begins in the
 * middle of a frame.
 */
final class Masking {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW_HALF = 0xFFFF_FFFFL;
  private static final int STEP = Long.BYTES;

  private Masking() {}

  /** The key that a header has at {@code from}. */
  static int key(byte[] header, int from) {
    return (int) INT.get(header, from);
  }

  /** Puts {@code key} into a header. */
  static void putKey(byte[] header, int at, int key) {
    INT.set(header, at, key);
  }

  /** The key for bytes that are preceded by {@code count} masked ones. */
  static int rotate(int key, int count) {
    return Integer.rotateRight(key, (count & 3) * Byte.SIZE);
  }

  /** Masks, or unmasks, {@code count} bytes where they are. */
  static void apply(byte[] bytes, int from, int count, int key) {
    copy(bytes, from, bytes, from, count, key);
  }

  /** Copies {@code count} bytes and masks, or unmasks, them on the way. */
  @SuppressWarnings("checkstyle:ParameterNumber") // as System.arraycopy, and the key
  static void copy(byte[] source, int from, byte[] target, int to, int count, int key) {
    long wide = key & LOW_HALF | (long) key << Integer.SIZE;
    int shift = to - from;
    int at = from;
    int end = from + count;
    for (; at <= end - 4 * STEP; at += 4 * STEP) {
      step(source, at, target, at + shift, wide);
      step(source, at + STEP, target, at + shift + STEP, wide);
      step(source, at + 2 * STEP, target, at + shift + 2 * STEP, wide);
      step(source, at + 3 * STEP, target, at + shift + 3 * STEP, wide);
    }
    for (; at <= end - STEP; at += STEP) {
      step(source, at, target, at + shift, wide);
    }
    for (; at < end; at++) {
      target[at + shift] = (byte) (source[at] ^ wide);
      wide >>>= Byte.SIZE;
    }
  }

  private static void step(byte[] source, int from, byte[] target, int to, long wide) {
    LONG.set(target, to, (long) LONG.get(source, from) ^ wide);
  }
}
