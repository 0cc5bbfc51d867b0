package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Room;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.internal.PlatformDependent;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Length-prefixed frames from any thread into one channel: a bounded queue with many producers,
 * drained by the event loop, which encodes as much as fits into one buffer and flushes once.
 */
final class BatchingSender extends ChannelInboundHandlerAdapter implements Link.Sender {
  private static final int PREFIX = 4;
  private static final int BATCH = 64 * 1024;
  private static final int BUDGET = 1024 * 1024;
  private static final int QUEUE = 16 * 1024;

  private final Queue<byte[]> queue = PlatformDependent.newFixedMpscQueue(QUEUE);

  /** Bytes offered and not yet encoded; producers wait above the budget. */
  private final AtomicLong unsent = new AtomicLong();

  /** True from the moment a drain is due until it has found the queue empty. */
  private final AtomicBoolean draining = new AtomicBoolean();

  private final Room room = new Room();
  private ChannelHandlerContext context;

  /** Polled but did not fit into the last buffer; only the event loop knows it. */
  private byte[] carried;

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public void send(byte[] message) throws InterruptedException {
    if (unsent.get() >= BUDGET) {
      room.await(() -> unsent.get() < BUDGET / 2);
    }
    // Counted before it is offered, so that the drain never takes off what was not yet added.
    unsent.addAndGet(PREFIX + message.length);
    if (!queue.offer(message)) {
      room.await(() -> queue.offer(message));
    }
    if (!draining.get() && draining.compareAndSet(false, true)) {
      context.executor().execute(this::drain);
    }
  }

  private void drain() {
    do {
      int written = 1;
      while (written > 0 && context.channel().isWritable()) {
        written = writeBatch();
        unsent.addAndGet(-written);
        room.freed();
      }
      if (written > 0) {
        return; // not writable: goes on in channelWritabilityChanged
      }
      draining.set(false);
    } while (!queue.isEmpty() && draining.compareAndSet(false, true));
  }

  private int writeBatch() {
    byte[] message = carried == null ? queue.poll() : carried;
    carried = null;
    if (message == null) {
      return 0;
    }
    int size = Math.max(BATCH, PREFIX + message.length);
    ByteBuf batch = context.alloc().directBuffer(size, size);
    do {
      batch.writeInt(message.length).writeBytes(message);
      message = queue.poll();
    } while (message != null && PREFIX + message.length <= batch.writableBytes());
    carried = message;
    int written = batch.readableBytes();
    context.writeAndFlush(batch, context.voidPromise());
    return written;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable() && draining.get()) {
      drain();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    room.end(null);
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    room.end(cause);
    context.close();
  }
}
