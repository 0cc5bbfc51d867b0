package dev.earshot.examples.cli;

import dev.earshot.Connection;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is typed or piped into {@code cat}, sent to whoever is connected, one after another.
 *
 * <p>Nothing is read before somebody is connected, and no more before there is room for it.
 */
final class CatInput {
  private static final int CHUNK = 64 << 10;
  private static final int DATAGRAM = 1_200; // what every path and every peer takes
  private static final int LONGEST_LINE = 16 << 20; // what a peer takes as a message by default

  private final InputStream in;
  private final Cut cut;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicReference<Turn> turn = new AtomicReference<>(new Turn());

  /** How input becomes messages. */
  enum Cut {
    /** As it comes. */
    CHUNKS,
    /** A line a message, without what ends it. */
    LINES,
    /** The same in messages of text. */
    TEXT_LINES
  }

  CatInput(InputStream in, Cut cut) {
    this.in = cut == Cut.CHUNKS ? in : new BufferedInputStream(in, CHUNK);
    this.cut = cut;
  }

  /** Begins to read once somebody is connected. */
  void start() {
    Thread reader = new Thread(this::pump, "standard-input");
    reader.setDaemon(true);
    reader.start();
  }

  /** There is nothing to read. */
  void end() {
    ended.complete(null);
  }

  /** Completes when there is no more, and all was sent; fails if it cannot be sent to anybody. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** What comes from now on is for {@code connection}, until {@link #leave}. */
  void attach(Connection connection) {
    turn.get().connection.complete(connection);
  }

  /** What comes from now on waits for the next. */
  void leave() {
    Turn left = turn.getAndSet(new Turn());
    left.over.complete(null);
  }

  private void pump() {
    try {
      Payload next = read(turn.get().connection.join());
      while (next != null) {
        Turn current = turn.get();
        send(current, next);
        next = read(current.connection.join());
      }
      ended.complete(null);
    } catch (IOException | NetworkException | RuntimeException e) {
      ended.completeExceptionally(e);
    }
  }

  private void send(Turn to, Payload content) throws NetworkException {
    Connection connection = to.connection.join();
    try {
      if (cut == Cut.TEXT_LINES) {
        connection.send(content, SendOptions.TEXT).join();
      } else if (!connection.trySend(content)) {
        connection.send(content).join();
      }
    } catch (CompletionException e) {
      if (e.getCause() instanceof TooLargeException tooLarge) {
        throw tooLarge;
      }
      to.over.join(); // the conversation has its own way to learn that its connection is over
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("standard input: " + e.getMessage(), e);
    }
  }

  private @Nullable Payload read(Connection to) throws IOException {
    return cut == Cut.CHUNKS ? chunk(to.maximumDatagramSize()) : line();
  }

  private @Nullable Payload chunk(int datagram) throws IOException {
    byte[] bytes = new byte[datagram == 0 ? CHUNK : Math.min(DATAGRAM, datagram)];
    int count = in.read(bytes);
    return count < 0 ? null : Payload.copyOf(bytes, 0, count);
  }

  private @Nullable Payload line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      return null;
    }
    while (next >= 0 && next != '\n') {
      if (line.size() == LONGEST_LINE) {
        throw new IOException(
            "standard input: a line of more than " + LONGEST_LINE + " bytes is no message");
      }
      line.write(next);
      next = in.read();
    }
    byte[] bytes = line.toByteArray();
    boolean carriageReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
    return Payload.wrap(bytes).slice(0, carriageReturn ? bytes.length - 1 : bytes.length);
  }

  /** The time between two {@link #leave}. */
  private static final class Turn {
    private final CompletableFuture<Connection> connection = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
  }
}
