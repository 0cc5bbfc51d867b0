package dev.earshot.transport.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

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

  /** As many bytes as make up for what vectors need to begin. */
  private static final int MANY = 1 << 10;

  /** What the fastest of the caches has room for, twice; a multiple of the key's four. */
  static final int BLOCK = 8 << 10;

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
    long wide = wide(key);
    int end = from + count;
    int at = count < MANY ? few(bytes, from, end, wide) : many(bytes, from, end, wide);
    if (at <= end - Integer.BYTES) {
      INT.set(bytes, at, (int) INT.get(bytes, at) ^ key);
      at += Integer.BYTES;
    }
    for (; at < end; at++) {
      bytes[at] ^= (byte) wide;
      wide >>>= Byte.SIZE;
    }
  }

  /** Whole steps; where they end. The least for each, as nothing has to be set up. */
  private static int few(byte[] bytes, int from, int end, long wide) {
    int at = from;
    for (; at <= end - 4 * STEP; at += 4 * STEP) {
      step(bytes, at, wide);
      step(bytes, at + STEP, wide);
      step(bytes, at + 2 * STEP, wide);
      step(bytes, at + 3 * STEP, wide);
    }
    for (; at <= end - STEP; at += STEP) {
      step(bytes, at, wide);
    }
    return at;
  }

  /** The same by a loop that the compiler makes vectors of, which it does not of the other. */
  private static int many(byte[] bytes, int from, int end, long wide) {
    int at = from;
    for (; at <= end - STEP; at += STEP) {
      step(bytes, at, wide);
    }
    return at;
  }

  /**
   * Copies {@code count} bytes and masks, or unmasks, them where they have come to, while they are
   * in the fastest of the caches. Steps that read here and write there take twice as long.
   */
  @SuppressWarnings("checkstyle:ParameterNumber") // as System.arraycopy, and the key
  static void copy(byte[] source, int from, byte[] target, int to, int count, int key) {
    for (int done = 0; done < count; done += BLOCK) {
      int part = Math.min(BLOCK, count - done);
      System.arraycopy(source, from + done, target, to + done, part);
      apply(target, to + done, part, key);
    }
  }

  /** A copy of what begins at {@code from}, after its key, without the mask. */
  static byte[] unmasked(byte[] frame, int from, int length) {
    int key = key(frame, from - Integer.BYTES);
    byte[] content = Arrays.copyOfRange(frame, from, from + length);
    apply(content, 0, length, key);
    return content;
  }

  private static long wide(int key) {
    return key & LOW_HALF | (long) key << Integer.SIZE;
  }

  private static void step(byte[] bytes, int at, long wide) {
    LONG.set(bytes, at, (long) LONG.get(bytes, at) ^ wide);
  }
}
