package dev.earshot.internal.connection;

import dev.earshot.Payload;
import dev.earshot.spi.LoopConfined;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file that is read on a worker, one piece after the other, a little ahead of what the
 * pipe takes. What it has read and nobody has taken is within a limit.
 */
@LoopConfined
final class FileReading {
  /** As much as is read at once. */
  private static final int PIECE = 256 << 10;

  /** More in advance makes nothing faster. */
  private static final int MOST_AHEAD = 1 << 20;

  private final Crossing crossing;
  private final Executor workers;
  private final FileChannel file;
  private final Events events;
  private final int piece;
  private final int ahead;
  private final ArrayDeque<Payload> read = new ArrayDeque<>();
  private final long begin;
  private final long end;

  /** Where the next piece is read, and where the next is taken. */
  private long readUpTo;

  private long takenUpTo;

  /** Whether the file is known to have all of it. */
  private boolean checked;

  private boolean reading;
  private boolean over;

  /** What comes of it, on the loop, never inside a call. */
  interface Events {
    /** There is a piece to take, or nothing more is to come. */
    void arrived();

    /** It cannot be read; nothing more is to come. */
    void failed(Exception cause);
  }

  /**
   * Reads nothing yet.
   *
   * @param budget how many bytes may be read and not taken
   */
  FileReading(
      Crossing crossing,
      Executor workers,
      FileEntry entry,
      FileChannel file,
      int budget,
      Events events) {
    this.crossing = crossing;
    this.workers = workers;
    this.file = file;
    this.events = events;
    this.ahead = Math.min(MOST_AHEAD, budget);
    this.piece = Math.max(1, Math.min(PIECE, ahead / 2));
    this.begin = entry.position;
    this.end = entry.position + entry.count;
    this.readUpTo = begin;
    this.takenUpTo = begin;
  }

  /** Reads on, if it may. */
  void readOn() {
    long untaken = readUpTo - takenUpTo;
    boolean more = !checked || readUpTo < end;
    if (over || reading || !more || untaken > 0 && untaken + piece > ahead) {
      return;
    }
    reading = true;
    long from = readUpTo;
    int length = (int) Math.min(piece, end - from);
    boolean first = !checked;
    try {
      workers.execute(() -> work(first, from, length));
    } catch (RejectedExecutionException e) {
      reading = false;
      crossing.toLoop(() -> fail(e), () -> {});
    }
  }

  /** The next piece, if it has been read. */
  @Nullable Payload poll() {
    Payload next = read.poll();
    if (next != null) {
      takenUpTo += next.length();
      readOn();
    }
    return next;
  }

  /** Whether all of it was taken. */
  boolean isAtEnd() {
    return checked && takenUpTo == end;
  }

  /** Whether any of it was taken. */
  boolean hasBegun() {
    return takenUpTo > begin;
  }

  /** Nothing is read any more, but for what is being read. */
  void stop() {
    over = true;
    read.clear();
  }

  /** On a worker. */
  private void work(boolean first, long from, int length) {
    try {
      if (first) {
        FileEntry.requireThere(file, from, end - from);
      }
      Payload content = content(from, length);
      crossing.toLoop(() -> arrive(content), () -> {});
    } catch (IOException | RuntimeException cause) {
      crossing.toLoop(() -> fail(cause), () -> {});
    }
  }

  private Payload content(long from, int length) throws IOException {
    byte[] bytes = new byte[length];
    ByteBuffer target = ByteBuffer.wrap(bytes);
    while (target.hasRemaining()) {
      if (file.read(target, from + target.position()) < 0) {
        throw new EOFException("the file has become shorter, it has " + file.size() + " bytes");
      }
    }
    return Payload.wrap(bytes);
  }

  private void arrive(Payload content) {
    reading = false;
    if (over) {
      return;
    }
    checked = true;
    readUpTo += content.length();
    if (!content.isEmpty()) {
      read.add(content);
    }
    readOn();
    events.arrived();
  }

  private void fail(Exception cause) {
    if (!over) {
      stop();
      events.failed(cause);
    }
  }
}
