package dev.earshot.testing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An input of a fuzz target, from which it takes one decision after another.
 *
 * <p>What it takes beyond the end is zero, so that every input is a valid one. Not thread-safe.
 */
public final class PeerBytes {
  private final byte[] input;
  private int at;

  /** What {@code input} decides; it is not copied. */
  public PeerBytes(byte[] input) {
    this.input = input;
  }

  /** A number from 0 to 255. */
  public int octet() {
    return at < input.length ? input[at++] & 0xFF : 0;
  }

  /** A number from 0 to 65,535. */
  public int word() {
    return octet() << 8 | octet();
  }

  /** A number from 0 to {@code bound} - 1. */
  public int below(int bound) {
    return (bound <= 256 ? octet() : word()) % bound;
  }

  /** Yes or no. */
  public boolean decide() {
    return (octet() & 1) != 0;
  }

  /** The next {@code most} bytes, or as many as are left. */
  public byte[] take(int most) {
    int count = Math.min(most, input.length - at);
    byte[] taken = Arrays.copyOfRange(input, at, at + count);
    at += count;
    return taken;
  }

  /** All that is left. */
  public byte[] rest() {
    return take(input.length - at);
  }

  /** All that is left as text, in which what is no UTF-8 is replaced. */
  public String restAsText() {
    return StandardCharsets.UTF_8.decode(ByteBuffer.wrap(rest())).toString();
  }

  /**
   * {@code bytes} with at most {@code most} changes, each of which takes four bytes or more: what
   * to do, where, and with which value.
   */
  public byte[] changed(byte[] bytes, int most) {
    byte[] changed = bytes.clone();
    for (int i = 0; i < most && !isEmpty() && changed.length > 0; i++) {
      changed = changed(changed);
    }
    return changed;
  }

  private byte[] changed(byte[] bytes) {
    int what = octet();
    int place = word() % bytes.length;
    int value = octet();
    switch (what % 6) {
      case 0:
        bytes[place] = (byte) value;
        return bytes;
      case 1:
        bytes[place] ^= (byte) value;
        return bytes;
      case 2:
        return Arrays.copyOf(bytes, place);
      case 3:
        return Mutator.replaced(bytes, place, 0, take(value));
      case 4:
        return Mutator.replaced(bytes, place, Math.min(value, bytes.length - place), new byte[0]);
      default:
        return Mutator.replaced(bytes, place, 0, Arrays.copyOfRange(bytes, 0, place));
    }
  }

  /** Whether nothing is left. */
  public boolean isEmpty() {
    return at >= input.length;
  }
}
