package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Room;
import dev.earshot.benchmarks.Tally;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;

/**
 * The connecting side of a Netty contestant with a bare stream of bytes: gathers the answers, and
 * lets senders look again when the channel has room.
 */
final class AnswerReader extends ChannelInboundHandlerAdapter {
  private final Mailbox mailbox = new Mailbox();
  private final Room room = new Room();
  private final ByteBuffer gathered = ByteBuffer.allocate(Tally.ANSWER);

  /** Where the answers are. */
  Mailbox mailbox() {
    return mailbox;
  }

  /** Where senders wait. */
  Room room() {
    return room;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      while (in.isReadable()) {
        gathered.limit(Math.min(Tally.ANSWER, gathered.position() + in.readableBytes()));
        in.readBytes(gathered);
        if (gathered.position() == Tally.ANSWER) {
          mailbox.offer(gathered.array().clone());
          gathered.clear();
        }
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    room.freed();
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end(null);
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    end(cause);
    context.close();
  }

  /** Lets everyone who waits fail. */
  void end(Throwable cause) {
    mailbox.end(cause);
    room.end(cause);
  }
}
