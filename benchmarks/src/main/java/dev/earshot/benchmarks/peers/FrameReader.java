package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * Reads length-prefixed frames where they lie in the receive buffer. Copies only a frame that two
 * reads split, and of those not even the long data frames, which are counted as they stream by.
 */
abstract class FrameReader extends ChannelInboundHandlerAdapter {
  private static final int PREFIX = 4;
  private static final int STREAMED = 32 * 1024;

  /** The beginning of a split frame, prefix included; null between frames. */
  private ByteBuf split;

  private int streamedLength;
  private int streamedLeft;

  /** A whole data frame has gone by. */
  abstract void data(ChannelHandlerContext context, int length);

  /** A whole frame of another kind; the bytes are the receiver's to keep. */
  abstract void other(ChannelHandlerContext context, byte[] message);

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (streamedLeft > 0) {
        stream(context, in);
      }
      if (split != null) {
        completeSplit(context, in);
      }
      if (split == null && streamedLeft == 0) {
        readWhole(context, in);
        keepRest(context, in);
      }
    } finally {
      in.release();
    }
  }

  private void readWhole(ChannelHandlerContext context, ByteBuf in) {
    int readable;
    while ((readable = in.readableBytes()) > PREFIX) {
      int at = in.readerIndex();
      int length = checked(in.getInt(at));
      if (readable - PREFIX < length) {
        return;
      }
      deliver(context, in, at + PREFIX, length);
      in.readerIndex(at + PREFIX + length);
    }
  }

  private void keepRest(ChannelHandlerContext context, ByteBuf in) {
    int readable = in.readableBytes();
    if (readable == 0) {
      return;
    }
    int at = in.readerIndex();
    if (readable > PREFIX && in.getByte(at + PREFIX) == Messages.DATA) {
      int length = in.getInt(at);
      if (length >= STREAMED) {
        in.skipBytes(PREFIX);
        streamedLength = length;
        streamedLeft = length;
        stream(context, in);
        return;
      }
    }
    split = context.alloc().buffer(Math.max(256, readable)).writeBytes(in);
  }

  private void stream(ChannelHandlerContext context, ByteBuf in) {
    int taken = Math.min(streamedLeft, in.readableBytes());
    in.skipBytes(taken);
    streamedLeft -= taken;
    if (streamedLeft == 0) {
      data(context, streamedLength);
    }
  }

  private void completeSplit(ChannelHandlerContext context, ByteBuf in) {
    moveUpTo(PREFIX, in);
    if (split.readableBytes() < PREFIX) {
      return;
    }
    int length = checked(split.getInt(split.readerIndex()));
    moveUpTo(PREFIX + length, in);
    if (split.readableBytes() == PREFIX + length) {
      ByteBuf whole = split;
      split = null;
      deliver(context, whole, whole.readerIndex() + PREFIX, length);
      whole.release();
    }
  }

  private void moveUpTo(int size, ByteBuf in) {
    int missing = Math.min(size - split.readableBytes(), in.readableBytes());
    if (missing > 0) {
      split.writeBytes(in, missing);
    }
  }

  private void deliver(ChannelHandlerContext context, ByteBuf in, int at, int length) {
    if (in.getByte(at) == Messages.DATA) {
      data(context, length);
    } else {
      other(context, ByteBufUtil.getBytes(in, at, length));
    }
  }

  private static int checked(int length) {
    if (length < 1 || length > Messages.LONGEST) {
      throw new CorruptedFrameException("frame of " + length + " bytes");
    }
    return length;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (split != null) {
      split.release();
      split = null;
    }
  }
}
