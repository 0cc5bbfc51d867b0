package dev.earshot.transport.netty;

import dev.earshot.spi.FilePart;
import dev.earshot.spi.LoopConfined;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The parts of files that are written to a socket: by {@code sendfile}, or where that is not at
 * hand as the JDK transfers from a file to a socket. The thread that does it waits for the disk if
 * the system has to.
 *
 * <p>While one is under way, and a few milliseconds longer, closing the socket resets the
 * connection. For Netty closes a socket to which it cannot write, also if it is the file that
 * cannot be read, and the peer would take that for the end of the stream.
 */
@LoopConfined
final class FileRegions {
  /** The only channels in which native code finds what the system calls the file. */
  private static final String OF_THE_JDK = "sun.nio.ch.FileChannelImpl";

  private static final long LOOK_MILLIS = 10;

  private final SocketChannel channel;
  private final BooleanSupplier over;
  private int underWay;

  /** Whether closing the socket resets the connection. */
  private boolean resetting;

  /** Whether there was one since the last look. */
  private boolean used;

  /**
   * None yet.
   *
   * @param over whether whoever gives parts has ended the connection
   */
  FileRegions(SocketChannel channel, BooleanSupplier over) {
    this.channel = channel;
    this.over = over;
  }

  /** Whether parts of {@code file} can be written. */
  static boolean canSend(FileChannel file) {
    return file.getClass().getName().equals(OF_THE_JDK);
  }

  /** What a part counts as waiting to be written: with Netty's own, a file weighs nothing. */
  static MessageSizeEstimator sizes() {
    return Sizes.INSTANCE;
  }

  /** Writes a part, to be flushed. */
  void write(FilePart part) {
    underWay++;
    used = true;
    if (!resetting) {
      resetting = true;
      SocketOptions.resetOnClose(channel);
      lookLater();
    }
    channel.write(new Region(part)).addListener(done -> done(part, done));
  }

  /** No part is under way, and none follows: the socket may be closed in order. */
  void end() {
    if (resetting && channel.isOpen()) {
      resetting = false;
      SocketOptions.sendRestOnClose(channel);
    }
  }

  /** One part follows the other as a rule: so not after each. */
  private void lookLater() {
    channel.eventLoop().schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (underWay == 0 && !used) {
      end();
    } else if (resetting && channel.isOpen()) {
      used = false;
      lookLater();
    }
  }

  private void done(FilePart part, Future<? super Void> done) {
    underWay--;
    if (done.isSuccess()) {
      part.sent();
    } else if (!over.getAsBoolean()) {
      Throwable cause = done.cause();
      part.failed(cause instanceof IOException known ? known : new IOException(cause));
    }
  }

  /** A region of a file that others are sent from too, so that it stays open. */
  private static final class Region extends DefaultFileRegion {
    Region(FilePart part) {
      super(part.channel(), part.position(), part.length());
    }

    @Override
    protected void deallocate() {
      // Whoever has opened the file closes it.
    }
  }

  private enum Sizes implements MessageSizeEstimator {
    INSTANCE;

    private final Handle others = DefaultMessageSizeEstimator.DEFAULT.newHandle();
    private final Handle all =
        message ->
            message instanceof FileRegion region
                ? Math.toIntExact(region.count())
                : others.size(message);

    @Override
    public Handle newHandle() {
      return all;
    }
  }
}
