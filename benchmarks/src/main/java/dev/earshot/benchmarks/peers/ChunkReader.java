package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Workload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/** The serving side of a Netty contestant with a bare stream of bytes. */
final class ChunkReader extends ChannelInboundHandlerAdapter {
  private final ChunkCount chunks;

  ChunkReader(Workload workload) {
    this.chunks = new ChunkCount(workload);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
    ByteBuf in = (ByteBuf) message;
    try {
      chunks.take(in.nioBuffer(), answer -> context.writeAndFlush(Unpooled.wrappedBuffer(answer)));
    } finally {
      in.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    System.err.println("server of a stream: " + cause);
    context.close();
  }
}
