package dev.earshot.transport.netty;

import dev.earshot.DataTransferReport;
import dev.earshot.TcpOptions;
import dev.earshot.spi.FilePart;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket: the only place where Netty's channel and its buffers are touched.
 *
 * <p>Each read copies what the system had out of Netty's buffer into an array and gives the buffer
 * back at once; each write copies into a buffer that the loop keeps. Nothing is read that was not
 * asked for (see {@link ReadDemand} for the one exception, which is kept until it is).
 */
@LoopConfined
final class SocketStage extends ChannelInboundHandlerAdapter implements ByteStage {
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** Bytes in order, then the end, then nothing: what may still happen. */
  private enum Life {
    OPEN,
    /** The end of the stream was reported; only failure can follow. */
    INPUT_ENDED,
    /** Above has let go; waiting for the peer. */
    LEAVING,
    OVER
  }

  private final NettyLoop loop;
  private final SocketChannel channel;
  private final SocketBuffers buffers;
  private final ReadDemand demand;
  private @Nullable Above above;

  /** A failure that came before anybody asked. */
  private @Nullable Throwable unreported;

  private Life life = Life.OPEN;

  /** What arrived unasked. */
  private byte @Nullable [] early;

  /** The peer's end has arrived; reported once somebody asks. */
  private boolean inputShut;

  /** Null until {@link #finish}; succeeds when everything, and the end, is with the system. */
  private @Nullable ChannelFuture finish;

  private boolean finished;

  private Loop.@Nullable Timer linger;

  private @Nullable FileRegions files;

  private final DropWatch watch;

  /** A socket, prepared by {@link SocketOptions}. */
  SocketStage(NettyLoop loop, SocketChannel channel, ReadDemand demand, TcpOptions options) {
    this.loop = loop;
    this.channel = channel;
    this.buffers = new SocketBuffers(loop, channel);
    this.demand = demand;
    this.watch = DropWatch.of(loop, channel, options, this::gone);
  }

  SocketChannel channel() {
    return channel;
  }

  NettyLoop loop() {
    return loop;
  }

  /** What the system says of the connection; nothing where it does not tell, or once closed. */
  Optional<DataTransferReport.Tcp> tcp() {
    return PipeFacts.tcp(channel);
  }

  @Override
  public void attach(Above above) {
    this.above = above;
  }

  @Override
  public void read() {
    if (unreported != null) {
      Throwable cause = unreported;
      unreported = null;
      above().failed(cause);
      return;
    }
    if (life != Life.OPEN || demand.isWanted()) {
      return;
    }
    demand.want();
    if (early != null) {
      byte[] bytes = early;
      early = null;
      demand.satisfy();
      above().bytes(bytes, 0, bytes.length);
    } else if (inputShut) {
      reportEnd();
    } else {
      channel.read();
    }
  }

  @Override
  public void write(byte[] bytes, int from, int to) {
    for (int at = from, end; at < to; at = end) {
      end = Math.min(to, at + NettyLoop.Arrays.LENGTH);
      write(bytes, at, end, null);
    }
  }

  @Override
  public boolean takesTails() {
    return true;
  }

  @Override
  public void write(byte[] bytes, int from, int to, @Nullable ByteBuffer tail) {
    if (finish != null || life == Life.OVER) {
      return;
    }
    ByteBuf buffer = buffers.filled(bytes, from, to, tail);
    int count = buffer.readableBytes();
    channel.write(buffer, channel.voidPromise());
    watch.written(count);
  }

  @Override
  public boolean sendsFrom(FileChannel file) {
    return FileRegions.canSend(file);
  }

  @Override
  public void write(FilePart part) {
    if (finish != null || life == Life.OVER) {
      return;
    }
    if (files == null) {
      files = new FileRegions(channel, () -> life == Life.OVER);
    }
    files.write(part);
    watch.written(part.length());
  }

  @Override
  public void flush() {
    channel.flush();
    watch.flushed();
  }

  /** Flushes too; the future succeeds when all that was written is with the system. */
  private ChannelFuture flushAll() {
    ChannelFuture sent = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    watch.flushed();
    return sent;
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void whenSent(Runnable task) {
    ChannelFuture sent = finish != null ? finish : flushAll();
    sent.addListener(
        future -> {
          if (future.isSuccess() && life != Life.OVER) {
            task.run();
          }
        });
  }

  @Override
  public void finish() {
    if (finish != null || life == Life.OVER) {
      return;
    }
    ChannelFuture sent = flushAll();
    finish = sent;
    // Shutting the output down drops what waits to be written: so only after that was written.
    sent.addListener(
        future -> {
          if (future.isSuccess() && channel.isOpen()) {
            if (files != null) {
              files.end();
            }
            finished = true;
            if (life != Life.LEAVING || !inputShut) { // else closing does the same
              channel.shutdownOutput();
            }
            closeOnceBothFinished();
          }
        });
  }

  @Override
  public void leave(boolean peerFirst) {
    if (life == Life.OVER || life == Life.LEAVING) {
      return;
    }
    boolean peerHasFinished = inputShut;
    above = null;
    early = null;
    life = Life.LEAVING;
    linger = loop.schedule(LINGER, this::close);
    if (!peerFirst || peerHasFinished) {
      finish();
    }
    if (!peerHasFinished) {
      demand.want();
      channel.read();
    }
    closeOnceBothFinished();
  }

  @Override
  public void abort() {
    unreported = null;
    if (life == Life.OVER) {
      return;
    }
    if (!finished && channel.isOpen()) {
      SocketOptions.resetOnClose(channel);
    }
    close();
  }

  /** Closes the socket; what the system holds is still sent. */
  private void close() {
    life = Life.OVER;
    above = null;
    early = null;
    if (linger != null) {
      linger.cancel();
    }
    watch.end();
    if (channel.isRegistered()) {
      channel.close();
    } else {
      channel.unsafe().closeForcibly();
    }
  }

  private void closeOnceBothFinished() {
    if (life != Life.LEAVING || !finished) {
      return;
    }
    if (inputShut) {
      close();
    } else {
      channel.config().setAllowHalfClosure(false); // then the peer's end closes it
    }
  }

  private Above above() {
    if (above == null) {
      throw new IllegalStateException("nothing is attached to " + channel);
    }
    return above;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    int count = buffer.readableBytes();
    if (life != Life.OPEN || count == 0 || loop.isClosing()) {
      buffer.release();
      if (life == Life.LEAVING) {
        channel.read(); // dropped
      }
      return;
    }
    if (!demand.isWanted()) {
      keep(buffer);
      return;
    }
    demand.satisfy();
    byte[] given = above().arrayFor(count);
    if (given != null) {
      copyOut(buffer, given, 0);
      above().given(given, count);
      return;
    }
    byte[] bytes = loop.arrays().borrow();
    int room = above().room();
    int at = room <= NettyLoop.Arrays.ROOM ? room : 0;
    try {
      copyOut(buffer, bytes, at);
      above().bytes(bytes, at, at + count);
    } finally {
      loop.arrays().giveBack(bytes);
    }
  }

  private static void copyOut(ByteBuf buffer, byte[] bytes, int at) {
    try {
      buffer.readBytes(bytes, at, buffer.readableBytes());
    } finally {
      buffer.release();
    }
  }

  private void keep(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    copyOut(buffer, bytes, 0);
    early = early == null ? bytes : TlsRecords.joined(early, bytes, 0, bytes.length);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE || inputShut) {
      return;
    }
    inputShut = true;
    if (life == Life.LEAVING) {
      finish();
      closeOnceBothFinished();
    } else if (life == Life.OPEN && demand.isWanted()) {
      reportEnd();
    }
  }

  private void reportEnd() {
    if (loop.isClosing()) {
      return; // perhaps only since another loop of this transport has closed the other side
    }
    demand.satisfy();
    life = Life.INPUT_ENDED;
    above().ended();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable() && above != null) {
      above.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (life != Life.OVER) {
      broken(new ClosedChannelException());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause != ReadDemand.REFUSED) {
      broken(cause);
    }
  }

  /** The peer takes nothing any more: what the system still has for it is of no use either. */
  private void gone(Throwable cause) {
    SocketOptions.resetOnClose(channel);
    broken(cause);
  }

  private void broken(Throwable cause) {
    if (life == Life.OVER) {
      return;
    }
    Above told = above;
    boolean left = life == Life.LEAVING;
    close();
    if (told == null) {
      unreported = left ? null : cause;
    } else if (!loop.isClosing()) {
      told.failed(cause);
    }
  }
}
