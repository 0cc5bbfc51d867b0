package dev.earshot.transport.netty;

import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that have been given back by those who only looked at them, the last one first, since that
 * is still in the processor's cache. For all connections of a loop; they come back on any thread.
 */
final class SpareArrays implements Consumer<byte[]> {
  /** The length of each: all that is read at once, protected or not. */
  static final int LENGTH = NettyLoop.Arrays.LENGTH;

  /** Of fewer bytes it is not worth to set so many aside. */
  static final int LEAST = NettyLoop.Arrays.READ / 4 * 3;

  private static final int KEPT = 16;

  private final LinkedBlockingDeque<byte[]> kept = new LinkedBlockingDeque<>(KEPT);

  /** One with arbitrary content. */
  byte[] take() {
    byte @Nullable [] last = kept.pollLast();
    return last == null ? new byte[LENGTH] : last;
  }

  @Override
  public void accept(byte[] array) {
    kept.offerLast(array); // one too many is left to the collector
  }
}
