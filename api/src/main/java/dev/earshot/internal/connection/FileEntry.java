package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.UnreadableException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A part of a file in a {@link SendQueue}, with who waits for it; see {@link FileSends}. */
final class FileEntry extends SendEntry {
  /** Where it begins in the file. */
  final long position;

  /** How many bytes it has. */
  final long count;

  private final CompletableFuture<Void> future;

  /** Null once nothing more is read from it. */
  private @Nullable FileChannel channel;

  FileEntry(FileChannel file, long position, long count) {
    super(Payload.empty(), SendOptions.DEFAULT);
    this.channel = file;
    this.position = position;
    this.count = count;
    this.future = new CompletableFuture<>();
  }

  /** Who waits for it. */
  CompletableFuture<Void> future() {
    return future;
  }

  /** The file; null once it is let go. */
  @Nullable FileChannel channel() {
    return channel;
  }

  /** The file is not needed any more. */
  void letGo() {
    channel = null;
  }

  /** It is not sent, or not all of it: who waits is told so, on the queue. */
  void fail(Crossing crossing, NetworkException cause) {
    letGo();
    crossing.queue().execute(() -> future.completeExceptionally(cause));
  }

  /**
   * Fails the files behind {@code from}, up to {@code last}. Those that are added later find out
   * themselves that they came after the end.
   */
  static void failAll(SendEntry from, SendEntry last, Crossing crossing, NetworkException cause) {
    SendEntry at = from;
    while (at != last) {
      SendEntry next = at.next();
      if (next == null) { // a producer was stopped before it made its link
        SendEntry stopped = at;
        crossing.toLoop(
            () -> failAll(stopped, last, crossing, cause),
            () -> failAllLinked(stopped, last, crossing, cause));
        return;
      }
      at = next;
      if (at instanceof FileEntry file) {
        file.fail(crossing, cause);
      }
    }
  }

  /** The same where there is no loop any more that could look again. */
  private static void failAllLinked(
      SendEntry from, SendEntry last, Crossing crossing, NetworkException cause) {
    while (from.next() == null) {
      Thread.onSpinWait();
    }
    failAll(from, last, crossing, cause);
  }

  /**
   * Throws unless {@code file} can be read and has {@code count} bytes from {@code position} on.
   * Blocks as long as the system takes to say so.
   *
   * @return how many bytes it has
   */
  static long requireThere(FileChannel file, long position, long count) throws IOException {
    file.read(ByteBuffer.allocate(0), position); // only looks whether that is permitted
    long size = file.size();
    if (count > size - position) {
      throw new EOFException("the file has " + size + " bytes");
    }
    return size;
  }

  /** What is sent, for messages. */
  String what(Endpoint endpoint) {
    return "sending %d bytes of a file, from %d on, to %s".formatted(count, position, endpoint);
  }

  /** That it cannot be read, since {@code cause}. */
  UnreadableException unreadable(Endpoint endpoint, Exception cause) {
    return new UnreadableException(what(endpoint) + ": " + reason(cause), cause);
  }

  private static String reason(Exception cause) {
    if (cause instanceof EOFException) {
      return String.valueOf(cause.getMessage());
    } else if (cause instanceof NonReadableChannelException) {
      return "it is not open for reading";
    } else if (cause instanceof ClosedChannelException) {
      return "it is closed";
    }
    return cause.getClass().getSimpleName() + ", " + cause.getMessage();
  }
}
