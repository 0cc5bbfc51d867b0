package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.UnsupportedException;
import dev.earshot.spi.FilePart;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The files in a {@link SendQueue} that have had their turn: one that is being taken, and those
 * before it of which something is on its way to the system.
 *
 * <p>A file stands in the queue like any content, and counts there as an empty message does. When
 * its turn comes it is cut into parts. A pipe that sends from the file by itself is given them as
 * such; any other is given content that a {@link FileReading} has read.
 */
@LoopConfined
final class FileSends {
  /** As much as one part has that the pipe sends by itself. */
  static final int PART = 256 << 10;

  private static final long UNKNOWN = -1;

  private final Crossing crossing;
  private final Endpoint endpoint;
  private final int budget;
  private final Carrier carrier;

  /** Those that are not done, the first first. */
  private final ArrayDeque<FileEntry> open = new ArrayDeque<>(4);

  /** The one whose parts are being taken; null while none is. */
  private @Nullable FileEntry current;

  /** Null if the pipe sends the current one by itself. */
  private @Nullable FileReading reading;

  /** Where the next part of the current one begins, if the pipe sends it. */
  private long next;

  /** How many bytes that file has, if it was looked at for the part that is being made. */
  private long size = UNKNOWN;

  private boolean over;

  /** The connection, as far as files need it. On the loop. */
  interface Carrier {
    /** Whether what is sent are messages after all. */
    boolean carriesMessages();

    /** Whether the pipe can send from {@code file} by itself. */
    boolean sendsFrom(FileChannel file);

    /** Where files are read. */
    Executor workers();

    /** There is something to send again. */
    void wakeUp();

    /** The stream has ended in the middle of a file, and so must the connection. */
    void unreadable(NetworkException cause);
  }

  /**
   * None yet.
   *
   * @param budget how many bytes of a file may be in memory
   */
  FileSends(Crossing crossing, Endpoint endpoint, int budget, Carrier carrier) {
    this.crossing = crossing;
    this.endpoint = endpoint;
    this.budget = budget;
    this.carrier = carrier;
  }

  /** That messages are not files. */
  static UnsupportedException unsupported(Endpoint endpoint) {
    return new UnsupportedException(
        "sending a file to "
            + endpoint
            + ": only connections of bytes send files, over TCP or QUIC without a framer; read it"
            + " in pieces and send each as a message, or use a session's sendResource");
  }

  /** The turn of {@code entry} has come; nobody else's, until {@link #isBusy} says no. */
  void begin(FileEntry entry) {
    FileChannel file = Objects.requireNonNull(entry.channel());
    if (carrier.carriesMessages()) {
      entry.fail(crossing, unsupported(endpoint));
      return;
    }
    open.add(entry);
    current = entry;
    if (carrier.sendsFrom(file)) {
      beginDirectly(entry, file);
    } else {
      FileReading read =
          new FileReading(crossing, carrier.workers(), entry, file, budget, new OfReading(entry));
      reading = read;
      read.readOn();
    }
  }

  private void beginDirectly(FileEntry entry, FileChannel file) {
    next = entry.position;
    try {
      size = FileEntry.requireThere(file, entry.position, entry.count);
      if (entry.count == 0) {
        done(List.of(entry));
      }
    } catch (IOException | RuntimeException cause) {
      refuse(entry, cause);
    }
  }

  /** Whether a file has its turn. */
  boolean isBusy() {
    return current != null;
  }

  /** The next part of the file that has its turn; null if it is still being read. */
  @Nullable Part poll() {
    FileEntry entry = Objects.requireNonNull(current);
    FileReading ahead = reading;
    if (ahead == null) {
      return nextDirectly(entry);
    }
    Payload content = ahead.poll();
    if (ahead.isAtEnd()) {
      done(List.of(entry));
    }
    return content == null ? null : new Read(content, ahead.isAtEnd() ? 1 : 0);
  }

  private Part nextDirectly(FileEntry entry) {
    FileChannel file = Objects.requireNonNull(entry.channel());
    if (next > entry.position) {
      size = UNKNOWN; // it was looked at for an earlier part
    }
    Direct part = new Direct(entry, file, next);
    part.extend(entry);
    return part;
  }

  /**
   * Adds {@code following}, whose turn is next, to {@code part} if both are one stretch of a file:
   * many short ones then cost the system no more than a long one.
   *
   * @return whether its turn has begun with that
   */
  boolean joins(Part part, FileEntry following) {
    if (current != null
        || !(part instanceof Direct direct)
        || !direct.isFollowedBy(following)
        || !isThere(following, direct.channel)) {
      return false;
    }
    open.add(following);
    current = following;
    next = following.position;
    direct.extend(following);
    return true;
  }

  /** Whether all of {@code following} is there; what is wrong is told in its own turn. */
  private boolean isThere(FileEntry following, FileChannel file) {
    try {
      if (size == UNKNOWN) {
        size = file.size();
      }
      return following.count <= size - following.position;
    } catch (IOException | RuntimeException cause) {
      return false;
    }
  }

  /** Nothing of {@code entries} is needed any more. */
  private void done(List<FileEntry> entries) {
    for (FileEntry entry : entries) {
      letGo(entry);
      entry.letGo();
    }
    crossing.queue().execute(() -> entries.forEach(entry -> entry.future().complete(null)));
  }

  /** Nothing of {@code entry} was sent, and nothing will be; what comes after it goes on. */
  private void refuse(FileEntry entry, Exception cause) {
    letGo(entry);
    entry.fail(crossing, entry.unreadable(endpoint, cause));
  }

  /** A part of {@code entry} was sent, and the rest cannot be: nothing repairs the stream. */
  private void fail(FileEntry entry, Exception cause) {
    NetworkException told = entry.unreadable(endpoint, cause);
    letGo(entry);
    entry.fail(crossing, told);
    carrier.unreadable(told);
  }

  private void letGo(FileEntry entry) {
    open.remove(entry);
    if (current == entry) {
      current = null;
      reading = null;
    }
  }

  /** Nothing is sent any more. */
  void end(NetworkException cause) {
    over = true;
    if (reading != null) {
      reading.stop();
      reading = null;
    }
    current = null;
    List<FileEntry> undone = List.copyOf(open);
    open.clear();
    undone.forEach(entry -> entry.fail(crossing, cause));
  }

  /** Something of a file, to be sent. */
  interface Part extends Outgoing {
    /** How many bytes it has. */
    int length();

    /** How many files end with it. */
    int ends();

    @Override
    default SendOptions options() {
      return SendOptions.DEFAULT;
    }
  }

  /** A part that was read. */
  private record Read(Payload content, int ends) implements Part {
    @Override
    public int length() {
      return content.length();
    }
  }

  /** A part that the pipe sends by itself. */
  private final class Direct implements Part, FilePart {
    private final FileEntry entry;
    private final FileChannel channel;
    private final long position;
    private final List<FileEntry> ending = new ArrayList<>(1);
    private int length;

    Direct(FileEntry entry, FileChannel channel, long position) {
      this.entry = entry;
      this.channel = channel;
      this.position = position;
    }

    /** Takes as much of the current one as there is room for. */
    void extend(FileEntry more) {
      long left = more.position + more.count - next;
      int count = (int) Math.min(PART - length, left);
      length += count;
      next += count;
      if (count == left) {
        current = null;
        ending.add(more);
      }
    }

    boolean isFollowedBy(FileEntry following) {
      return length < PART
          && following.channel() == channel
          && following.position == position + length;
    }

    @Override
    public Payload content() {
      return Payload.empty();
    }

    @Override
    public FilePart file() {
      return this;
    }

    @Override
    public int ends() {
      return ending.size();
    }

    @Override
    public FileChannel channel() {
      return channel;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public void sent() {
      crossing.loop().assertInLoop();
      if (!over && !ending.isEmpty()) {
        done(ending);
      }
    }

    @Override
    public void failed(IOException cause) {
      crossing.loop().assertInLoop();
      Exception blame = over || entry.channel() == null ? null : fault();
      if (blame != null) {
        blame.addSuppressed(cause);
        fail(entry, blame);
      }
    }

    /** What is wrong with the file; null if nothing is. */
    private @Nullable Exception fault() {
      try {
        if (!channel.isOpen()) {
          return new ClosedChannelException();
        }
        long size = channel.size();
        return length > size - position
            ? new EOFException("the file has become shorter, it has " + size + " bytes")
            : null;
      } catch (IOException | RuntimeException broken) {
        return broken;
      }
    }
  }

  /** What comes of reading {@code entry}. */
  private final class OfReading implements FileReading.Events {
    private final FileEntry entry;

    OfReading(FileEntry entry) {
      this.entry = entry;
    }

    @Override
    public void arrived() {
      carrier.wakeUp();
    }

    @Override
    public void failed(Exception cause) {
      boolean begun = reading != null && reading.hasBegun();
      if (begun) {
        fail(entry, cause);
      } else {
        refuse(entry, cause);
        carrier.wakeUp();
      }
    }
  }
}
