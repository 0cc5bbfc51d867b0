package dev.earshot.transport.netty;

import dev.earshot.NetworkException;
import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a QUIC connection, as a pipe sees it.
 *
 * <p>The engine takes as much as flow and congestion control permit, and says when it has taken the
 * rest. At most one piece waits for that, and as long as it does the stage is not writable.
 */
@LoopConfined
final class QuicStreamStage extends ChannelInboundHandlerAdapter implements ByteStage {
  private final NettyLoop loop;
  private final QuicGroup group;
  private final QuicStreamChannel channel;
  private final List<Runnable> whenSent = new ArrayList<>(1);
  private final Runnable fetch = this::fetch;
  private @Nullable Above above;
  private @Nullable Throwable unreported;
  private byte @Nullable [] early;
  private boolean wanted;
  private boolean arrived;
  private boolean inputShut;
  private boolean inputEnded;

  /** The piece that leaves in a moment, with the end of the stream if that follows at once. */
  private @Nullable ByteBuf held;

  /** Pieces that the engine has not taken: 0 or 1, and one more for the end of the stream. */
  private int untaken;

  private boolean emitting;

  private boolean finishing;
  private boolean finished;
  private boolean over;

  QuicStreamStage(NettyLoop loop, QuicGroup group, QuicStreamChannel channel) {
    this.loop = loop;
    this.group = group;
    this.channel = channel;
  }

  /** Its number, for messages. */
  long number() {
    return channel.streamId();
  }

  /** Whether the engine has yet to take what was written. */
  boolean isBehind() {
    return untaken > 0;
  }

  @Override
  public void attach(Above value) {
    above = value;
  }

  // Reading.

  @Override
  public void read() {
    if (unreported != null) {
      Throwable cause = unreported;
      unreported = null;
      above().failed(cause);
      return;
    }
    if (over || inputEnded || wanted) {
      return;
    }
    wanted = true;
    if (early != null) {
      byte[] bytes = early;
      early = null;
      wanted = false;
      above().bytes(bytes, 0, bytes.length);
    } else if (inputShut) {
      reportEnd();
    } else {
      group.socket().afterBatch(fetch);
    }
  }

  /** Of all packets that have come together at once, instead of each by itself. */
  private void fetch() {
    if (wanted && !over && !inputShut) {
      channel.read();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    int count = buffer.readableBytes();
    arrived = true;
    if (over || count == 0 || loop.isClosing()) {
      buffer.release();
      return;
    }
    if (!wanted) {
      keep(buffer);
      return;
    }
    wanted = false;
    byte[] own = above().arrayFor(count);
    if (own != null) {
      copyOut(buffer, own);
      above().given(own, count);
      return;
    }
    byte[] bytes = count <= NettyLoop.Arrays.LENGTH ? loop.arrays().borrow() : new byte[count];
    try {
      copyOut(buffer, bytes);
      above().bytes(bytes, 0, count);
    } finally {
      if (bytes.length == NettyLoop.Arrays.LENGTH) {
        loop.arrays().giveBack(bytes);
      }
    }
  }

  private static void copyOut(ByteBuf buffer, byte[] bytes) {
    try {
      buffer.readBytes(bytes, 0, buffer.readableBytes());
    } finally {
      buffer.release();
    }
  }

  private void keep(ByteBuf buffer) {
    byte[] before = early == null ? new byte[0] : early;
    byte[] both = Arrays.copyOf(before, before.length + buffer.readableBytes());
    try {
      buffer.readBytes(both, before.length, buffer.readableBytes());
    } finally {
      buffer.release();
    }
    early = both;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !inputShut) {
      inputShut = true;
      if (wanted && !over) {
        reportEnd();
      }
    }
  }

  private void reportEnd() {
    wanted = false;
    inputEnded = true;
    above().ended();
  }

  /** The group is about to end: what has arrived is handed over, asked for or not. */
  void handOverLast() {
    while (!over && above != null && !inputEnded) {
      arrived = false;
      if (wanted) {
        channel.read();
      } else {
        read();
      }
      if (!arrived && early == null) {
        return;
      }
    }
  }

  // Writing.

  @Override
  public void write(byte[] bytes, int from, int to) {
    if (finishing || over || from == to) {
      return;
    }
    // As large as its content, and not a buffer of the loop's: it may wait for long.
    ByteBuf buffer = channel.alloc().directBuffer(to - from, to - from);
    buffer.writeBytes(bytes, from, to - from);
    untaken++;
    if (held != null) {
      channel.write(held).addListener(this::taken);
    }
    held = buffer;
    emitSoon();
  }

  /**
   * In a task of its own, for the sake of the stream's end. The engine takes a stream for done when
   * all its bytes are acknowledged, whether or not its end is: an end by itself is forgotten if the
   * last acknowledgement comes before it has left. So it leaves with the last bytes where it can,
   * and at any rate at once.
   */
  private void emitSoon() {
    if (!emitting) {
      emitting = true;
      loop.execute(this::emit);
    }
  }

  private void emit() {
    emitting = false;
    ByteBuf content = held;
    held = null;
    if (!finishing) {
      if (content != null) {
        channel.write(content).addListener(this::taken);
      }
    } else if (content != null) {
      untaken--; // the end is in the same piece
      channel.write(new DefaultQuicStreamFrame(content, true)).addListener(this::endTaken);
    } else {
      // Behind what waits, if something does, and so not by shutdownOutput.
      channel.write(QuicStreamFrame.EMPTY_FIN).addListener(this::endTaken);
    }
    if (untaken > 0) {
      group.watchBlocked();
    }
  }

  private void endTaken(Future<? super Void> done) {
    if (done.isSuccess()) {
      finished = true;
      group.finishedSending();
    }
    taken(done);
  }

  private void taken(Future<? super Void> done) {
    untaken--;
    if (!done.isSuccess()) {
      broken(done.cause());
      return;
    }
    if (untaken == 0 && !over) {
      List<Runnable> sent = List.copyOf(whenSent);
      whenSent.clear();
      sent.forEach(Runnable::run);
      if (above != null && !finishing && !over) {
        above.writable();
      }
    }
  }

  @Override
  public void flush() {
    // Soon, see emitSoon.
  }

  @Override
  public boolean isWritable() {
    return untaken == 0;
  }

  @Override
  public void whenSent(Runnable task) {
    if (untaken == 0) {
      task.run();
    } else {
      whenSent.add(task);
    }
  }

  @Override
  public void finish() {
    if (finishing || over) {
      return;
    }
    finishing = true;
    untaken++;
    emitSoon();
  }

  // Ending.

  @Override
  public void leave(boolean peerFirst) {
    if (over) {
      return;
    }
    finish();
    if (!inputShut) {
      channel.shutdownInput(QuicErrors.NO_ERROR); // the peer need not send what nobody reads
      group.leftBehind();
    }
    end(); // and the engine closes it when both ends are through
  }

  @Override
  public void abort() {
    if (!over) {
      reset();
    }
  }

  /** Tells the peer that nothing more comes and nothing more is wanted. */
  private void reset() {
    boolean both = finished && inputShut;
    letGo();
    end();
    if (channel.isOpen() && !both) {
      if (!inputShut) {
        group.leftBehind();
      }
      channel.shutdown(QuicErrors.ABORTED);
      channel.close();
    }
  }

  /** The group has ended for {@code cause}. */
  void groupEnded(NetworkException cause) {
    if (!over) {
      Above told = above;
      letGo();
      end();
      if (told == null) {
        unreported = cause;
      } else {
        told.failed(cause);
      }
    }
  }

  /** The group has been aborted: nobody is told. */
  void drop() {
    letGo();
    end();
  }

  private void letGo() {
    ByteBuf content = held;
    held = null;
    if (content != null) {
      content.release();
    }
  }

  private void end() {
    over = true;
    early = null;
    above = null;
    whenSent.clear();
    group.forget(this);
  }

  private Above above() {
    if (above == null) {
      throw new IllegalStateException("nothing is attached to " + channel);
    }
    return above;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    broken(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (finished && inputShut) {
      group.forget(this); // both sides have said their last
    } else {
      broken(new ClosedChannelException());
    }
  }

  private void broken(Throwable cause) {
    if (over || finished && inputEnded) {
      return;
    }
    if (group.isEnding(cause)) {
      return; // it says itself why
    }
    Above told = above;
    NetworkException words = QuicErrors.lost(group.peer(), cause);
    reset();
    if (told == null) {
      unreported = words;
    } else if (!loop.isClosing()) {
      told.failed(words);
    }
  }
}
