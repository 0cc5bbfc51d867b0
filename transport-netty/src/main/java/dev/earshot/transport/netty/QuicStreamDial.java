package dev.earshot.transport.netty;

import dev.earshot.NetworkException;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;

/** Opens a stream, if the peer permits one. */
@LoopConfined
final class QuicStreamDial implements Dial {
  private final NettyLoop loop;
  private final QuicGroup group;
  private final Events events;
  private boolean over;

  QuicStreamDial(NettyLoop loop, QuicGroup group, Events events) {
    this.loop = loop;
    this.group = group;
    this.events = events;
  }

  void begin() {
    if (over) {
      return;
    }
    NetworkException ended = group.endCause();
    if (ended != null) {
      failed(ended);
    } else if (group.permittedStreams() <= 0) {
      failed(
          new UnreachableException(
              "opening a stream to " + group.peer() + ": the peer permits no more at present"));
    } else {
      group
          .channel()
          .createStream(
              QuicStreamType.BIDIRECTIONAL,
              new ChannelInitializer<QuicStreamChannel>() {
                @Override
                protected void initChannel(QuicStreamChannel channel) {
                  QuicSocket.prepare(channel, loop);
                }
              })
          .addListener(this::created);
    }
  }

  private void created(Future<? super QuicStreamChannel> done) {
    if (!done.isSuccess()) {
      failed(QuicErrors.lost(group.peer(), done.cause()));
      return;
    }
    QuicStreamChannel channel = (QuicStreamChannel) done.getNow();
    QuicStreamStage stage = new QuicStreamStage(loop, group, channel);
    channel.pipeline().addLast(stage);
    group.opened(stage);
    if (over) {
      stage.abort();
      return;
    }
    over = true;
    group.forget(this);
    events.ready(QuicStreamArrival.pipe(loop, group, stage));
  }

  /** It does not come about. */
  void failed(NetworkException cause) {
    if (!over) {
      over = true;
      group.forget(this);
      events.failed(cause);
    }
  }

  @Override
  public void cancel() {
    over = true;
    group.forget(this);
  }
}
