package dev.earshot.transport.netty;

import dev.earshot.spi.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A loop on a thread of Netty's, and what its connections share because they take turns.
 *
 * <p>Only the methods of {@link Loop} may be called from other threads.
 */
final class NettyLoop implements Loop {
  /** Sockets that stay open only for what they say last: as many file descriptors. */
  private static final int MOST_LINGERING = 100;

  private final EventLoop eventLoop;
  private final ByteBufAllocator allocator;
  private final Arrays arrays = new Arrays();
  private final SpareArrays spares = new SpareArrays();
  private final MaskKeys maskKeys = new MaskKeys();
  private final BooleanSupplier closing;
  private final KeptBuffer reads;
  private final KeptBuffer writes;
  private int lingering;

  /**
   * A loop on {@code eventLoop}.
   *
   * @param allocator where the buffers of sockets come from
   * @param closing whether the transport is being closed; may be asked on any thread
   */
  NettyLoop(EventLoop eventLoop, ByteBufAllocator allocator, BooleanSupplier closing) {
    this.eventLoop = eventLoop;
    this.allocator = allocator;
    this.closing = closing;
    this.reads = new KeptBuffer(allocator, Arrays.READ);
    this.writes = new KeptBuffer(allocator, Arrays.LENGTH);
  }

  /** The thread of Netty's. */
  EventLoop eventLoop() {
    return eventLoop;
  }

  /** Where the buffers of sockets come from. */
  ByteBufAllocator allocator() {
    return allocator;
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

  /** Arrays for what is read and given back later. */
  SpareArrays spares() {
    return spares;
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
    return writes.lend();
  }

  /** The buffer of {@link Arrays#READ} bytes that the loop's sockets are read to. */
  KeptBuffer reads() {
    return reads;
  }

  /**
   * Whether one more socket may stay open only for what it says last; {@link #lingered} ends it.
   */
  boolean mayLinger() {
    if (lingering == MOST_LINGERING) {
      return false;
    }
    lingering++;
    return true;
  }

  /** One that stayed is closed. */
  void lingered() {
    lingering--;
  }

  /** Whether the transport is being closed: nobody is told of anything any more. */
  boolean isClosing() {
    return closing.getAsBoolean();
  }

  /** Gives up the buffers that are kept. */
  void freeBuffers() {
    reads.free();
    writes.free();
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
    /** As much as is read at once. */
    static final int READ = 64 << 10;

    /**
     * As much as is encoded at once: together with the records of TLS it fits one segment of the
     * loopback interface, 65,464 bytes with IPv6. Of a few bytes more the system would make two
     * segments, and a second costs as much as the first.
     */
    static final int DRAIN = READ - 256;

    /**
     * As much as may be wanted before what is read: the beginning of a record, which has 18,437
     * bytes at most (RFC 5246, section 6.2.3).
     */
    static final int ROOM = 20 << 10;

    /** The length of each array: room for either, and for what protecting it adds. */
    static final int LENGTH = READ + ROOM;

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
