package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Room;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.internal.PlatformDependent;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Datagrams of one length from any thread into one channel: a bounded queue, drained by the event
 * loop, which makes one write of as many as the system cuts at once.
 */
final class SegmentingSender extends ChannelInboundHandlerAdapter implements Link.Sender {
  private static final int MOST_BYTES = 65_507;
  private static final int MOST_SEGMENTS = 64;
  private static final int QUEUE = 1024;

  private final Queue<byte[]> queue = PlatformDependent.newFixedMpscQueue(QUEUE);

  /** True from the moment a drain is due until it has found the queue empty. */
  private final AtomicBoolean draining = new AtomicBoolean();

  private final Room room = new Room();
  private final InetSocketAddress server;
  private final int size;
  private int together = 1;
  private ChannelHandlerContext context;

  /**
   * @param size the length of every datagram
   */
  SegmentingSender(InetSocketAddress server, int size) {
    this.server = server;
    this.size = size;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    if (added.channel() instanceof EpollDatagramChannel
        && EpollDatagramChannel.isSegmentedDatagramPacketSupported()) {
      together = Math.max(1, Math.min(MOST_SEGMENTS, MOST_BYTES / size));
    }
  }

  @Override
  public void send(byte[] message) throws InterruptedException {
    if (!queue.offer(message)) {
      room.await(() -> queue.offer(message));
    }
    if (!draining.get() && draining.compareAndSet(false, true)) {
      context.executor().execute(this::drain);
    }
  }

  private void drain() {
    do {
      boolean wrote = true;
      while (wrote && context.channel().isWritable()) {
        wrote = writeBatch();
        room.freed();
      }
      if (wrote) {
        return; // not writable: goes on in channelWritabilityChanged
      }
      draining.set(false);
    } while (!queue.isEmpty() && draining.compareAndSet(false, true));
  }

  private boolean writeBatch() {
    byte[] message = queue.poll();
    if (message == null) {
      return false;
    }
    ByteBuf batch = context.alloc().directBuffer(size * together, size * together);
    batch.writeBytes(message);
    for (int i = 1; i < together && (message = queue.poll()) != null; i++) {
      batch.writeBytes(message);
    }
    DatagramPacket packet =
        batch.readableBytes() > size
            ? new SegmentedDatagramPacket(batch, size, server)
            : new DatagramPacket(batch, server);
    context.writeAndFlush(packet, context.voidPromise());
    return true;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    if (changed.channel().isWritable() && draining.get()) {
      drain();
    }
    changed.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ended) {
    room.end(null);
    ended.fireChannelInactive();
  }
}
