package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * A buffer outside the heap that serves again and again: what one connection has done with is there
 * for the next, still in the processor's cache. Whoever holds on to it longer keeps it, and there
 * is another from then on.
 *
 * <p>It begins with a line of the cache. What is allocated outside the heap begins 16 bytes behind
 * a page as a rule, and there some processors copy the pages of a file ten times more slowly.
 */
@LoopConfined
final class KeptBuffer {
  /** A line of the cache, in bytes. */
  private static final int LINE = 64;

  private final ByteBufAllocator allocator;
  private final int length;
  private @Nullable ByteBuf kept;
  private boolean freed;

  /** A buffer of {@code length} bytes, allocated when it is needed first. */
  KeptBuffer(ByteBufAllocator allocator, int length) {
    this.allocator = allocator;
    this.length = length;
  }

  /** An empty buffer, with a reference for the caller to give back or away. */
  ByteBuf lend() {
    ByteBuf buffer = kept;
    if (buffer != null && buffer.refCnt() == 1) {
      return buffer.clear().retain();
    }
    letGo();
    buffer = aligned();
    if (freed) {
      return buffer;
    }
    kept = buffer;
    return buffer.retain();
  }

  private ByteBuf aligned() {
    ByteBuf whole = allocator.directBuffer(length + LINE, length + LINE);
    int beyond = whole.nioBuffer(0, LINE).alignmentOffset(0, LINE);
    return whole.slice(beyond == 0 ? 0 : LINE - beyond, length).clear();
  }

  /** Keeps none from now on. */
  void free() {
    freed = true;
    letGo();
  }

  private void letGo() {
    if (kept != null) {
      kept.release();
      kept = null;
    }
  }
}
