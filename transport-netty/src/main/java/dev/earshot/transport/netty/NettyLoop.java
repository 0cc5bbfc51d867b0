package dev.earshot.transport.netty;

import dev.earshot.spi.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A loop on a thread of Netty's, and what its connections share because they take turns.
 *
 * <p>Only the methods of {@link Loop} may be called from other threads.
 */
final class NettyLoop implements Loop {
  private final EventLoop eventLoop;
  private final Arrays arrays = new Arrays();
  private final MaskKeys maskKeys = new MaskKeys();
  private @Nullable ByteBuf spare;
  private boolean closing;

  NettyLoop(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  /** The thread of Netty's. */
  EventLoop eventLoop() {
    return eventLoop;
  }

  @Override
  public void execute(Runnable task) {
    eventLoop.execute(task);
  }

  @Override
  public boolean inLoop() {
    return eventLoop.inEventLoop();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    Future<?> scheduled = eventLoop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  /** Arrays to be borrowed while something is encoded or decoded. */
  Arrays arrays() {
    return arrays;
  }

  /** Keys for the frames of this loop's connections. */
  MaskKeys maskKeys() {
    return maskKeys;
  }

  /**
   * An empty buffer of {@link Arrays#LENGTH} bytes outside the heap, with a reference for the
   * caller to give to a write.
   *
   * <p>As a rule the system takes what is written at once. Then the same buffer serves again, and
   * nothing is allocated.
   */
  ByteBuf writeBuffer() {
    ByteBuf buffer = spare;
    if (buffer == null || buffer.refCnt() > 1) {
      freeWriteBuffer();
      buffer = ByteBufAllocator.DEFAULT.directBuffer(Arrays.LENGTH, Arrays.LENGTH);
      spare = buffer;
    }
    return buffer.clear().retain();
  }

  /** Whether the transport is being closed: nobody is told of anything any more. */
  boolean isClosing() {
    return closing;
  }

  /** Makes {@link #isClosing} true and frees what is shared; what is still open closes soon. */
  void beginClosing() {
    closing = true;
    freeWriteBuffer();
  }

  private void freeWriteBuffer() {
    if (spare != null) {
      spare.release();
      spare = null;
    }
  }

  @Override
  public String toString() {
    return eventLoop.toString();
  }

  /**
   * A few arrays of one length, lent and given back.
   *
   * <p>More than one is out only if, within the use of the first, user code that runs on the loop
   * makes another connection work.
   */
  static final class Arrays {
    /** As much as is read, or encoded, at once. */
    static final int DRAIN = 64 << 10;

    /** The length of each array: room for as much, and for what protecting it adds. */
    static final int LENGTH = DRAIN + (2 << 10);

    private static final int KEPT = 4;

    private final byte[][] kept = new byte[KEPT][];
    private int count;

    /** An array with arbitrary content. */
    byte[] borrow() {
      return count > 0 ? kept[--count] : new byte[LENGTH];
    }

    /** Gives an array back, which must not be used any more. */
    void giveBack(byte[] array) {
      if (count < KEPT) {
        kept[count++] = array;
      }
    }
  }
}
