package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Room;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Messages into one QUIC stream, written one by one as long as no more than a mebibyte waits for
 * the engine to take it.
 */
final class QuicSender implements Link.Sender {
  private static final int BUDGET = 1024 * 1024;

  /** The engine sometimes does not say that it can take more; Earshot's transport asks it too. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final Channel stream;
  private final Room room;

  /** Bytes written that the engine has not taken; senders wait above the budget. */
  private final AtomicLong untaken = new AtomicLong();

  /**
   * @param socket below the stream
   * @param room is ended when the stream is
   */
  QuicSender(Channel socket, Channel stream, Room room) {
    this.stream = stream;
    this.room = room;
    long every = LOOK_AGAIN.toNanos();
    stream
        .eventLoop()
        .scheduleAtFixedRate(() -> lookAgain(socket), every, every, TimeUnit.NANOSECONDS);
  }

  private void lookAgain(Channel socket) {
    if (untaken.get() > 0) {
      socket.pipeline().fireChannelWritabilityChanged();
    }
  }

  @Override
  public void send(byte[] message) throws InterruptedException {
    if (untaken.get() >= BUDGET) {
      room.await(() -> untaken.get() < BUDGET / 2);
    }
    untaken.addAndGet(message.length);
    ByteBuf bytes = stream.alloc().directBuffer(message.length, message.length);
    stream
        .writeAndFlush(bytes.writeBytes(message))
        .addListener(
            written -> {
              untaken.addAndGet(-message.length);
              if (written.isSuccess()) {
                room.freed();
              } else {
                room.end(written.cause());
              }
            });
  }
}
