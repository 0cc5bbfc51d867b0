package dev.earshot.transport.netty;

import dev.earshot.QuicOptions;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Makes itself heard now and then: Netty's engine has no PING to send, so it is a byte on a stream
 * in one direction, which nobody reads.
 */
@LoopConfined
final class QuicKeepAlive {
  private final NettyLoop loop;
  private final QuicChannel channel;
  private final QuicOptions options;
  private @Nullable QuicStreamChannel stream;
  private @Nullable ChannelFuture last;
  private Loop.@Nullable Timer timer;

  QuicKeepAlive(NettyLoop loop, QuicChannel channel, QuicOptions options) {
    this.loop = loop;
    this.channel = channel;
    this.options = options;
  }

  void begin() {
    options.keepAlive().ifPresent(every -> timer = loop.schedule(every, this::next));
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void next() {
    if (stream != null && stream.isActive()) {
      sayOnceMore(stream);
    } else if (channel.peerAllowedStreams(QuicStreamType.UNIDIRECTIONAL) > 0) {
      channel
          .createStream(QuicStreamType.UNIDIRECTIONAL, new ChannelInboundHandlerAdapter())
          .addListener(this::opened);
    }
    begin();
  }

  private void opened(Future<? super QuicStreamChannel> done) {
    if (done.isSuccess()) {
      QuicStreamChannel made = (QuicStreamChannel) done.getNow();
      stream = made;
      sayOnceMore(made);
    }
  }

  private void sayOnceMore(QuicStreamChannel to) {
    if (last == null || last.isDone()) {
      last = to.writeAndFlush(Unpooled.directBuffer(1, 1).writeByte(0));
    }
  }
}
