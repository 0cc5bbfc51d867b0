package dev.earshot.internal.connection;

import dev.earshot.Payload;
import dev.earshot.Received;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Content that has arrived and was not read yet, cut and joined as reads want it. Not safe for
 * several threads.
 *
 * <p>A message is never joined with the next; bytes are, when a read wants more than came in one
 * piece. Content that is as long as wanted is handed on without a copy.
 */
final class Arrived {
  private final ArrayDeque<Received> pieces = new ArrayDeque<>(4);

  /** The bytes in {@code pieces}. */
  private long length;

  /** What has left: the cost of every piece that was used up. */
  private long consumed;

  /** What a piece of content costs in memory, about. */
  static long cost(Received piece) {
    return Math.max(SendQueue.SMALLEST_COST, piece.content().length());
  }

  static long cost(List<Received> batch) {
    long cost = 0;
    for (int i = 0; i < batch.size(); i++) {
      cost += cost(batch.get(i));
    }
    return cost;
  }

  void add(List<Received> batch) {
    for (int i = 0; i < batch.size(); i++) {
      Received piece = batch.get(i);
      if (piece.content().isEmpty() && !isBoundary(piece)) {
        consumed += cost(piece); // nothing came, and nothing ended
      } else {
        length += piece.content().length();
        pieces.add(piece);
      }
    }
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  /** The cost of all that was ever used up or dropped. */
  long consumed() {
    return consumed;
  }

  void clear() {
    while (!pieces.isEmpty()) {
      remove();
    }
  }

  /** The next piece as it came; null if there is none. */
  @Nullable Received peek() {
    return pieces.peek();
  }

  /** What satisfies a read of so many bytes; null if there is not enough. */
  @Nullable Received take(int minimum, int maximum) {
    Received first = pieces.peek();
    if (first == null) {
      return null;
    }
    int here = first.content().length();
    if (here > maximum) {
      return split(first, maximum);
    }
    if (here >= minimum || isBoundary(first)) {
      return remove();
    }
    if (length < minimum && !isBoundary(pieces.getLast())) {
      return null;
    }
    return join(minimum, maximum);
  }

  private static boolean isBoundary(Received piece) {
    return piece.endOfMessage() || piece.endOfStream();
  }

  private Received remove() {
    Received first = pieces.remove();
    length -= first.content().length();
    consumed += cost(first);
    return first;
  }

  private Received split(Received first, int count) {
    Payload content = first.content();
    Payload rest = content.slice(count, content.length() - count);
    Received left = new Received(rest, first.metadata(), first.endOfMessage(), first.endOfStream());
    pieces.remove();
    pieces.addFirst(left);
    length -= count;
    consumed += cost(first) - cost(left);
    return new Received(content.slice(0, count), first.metadata(), false, false);
  }

  /** Joins bytes up to {@code maximum}, or up to the end if there are fewer. */
  private Received join(int minimum, int maximum) {
    byte[] joined = new byte[(int) Math.min(maximum, length)];
    int at = 0;
    while (at < joined.length || at < minimum) {
      Received piece = pieces.getFirst();
      Received part =
          piece.content().length() > joined.length - at
              ? split(piece, joined.length - at)
              : remove();
      part.content().copyTo(0, joined, at, part.content().length());
      at += part.content().length();
      if (isBoundary(part)) {
        return new Received(
            Payload.wrap(Arrays.copyOf(joined, at)),
            part.metadata(),
            part.endOfMessage(),
            part.endOfStream());
      }
    }
    return Received.bytes(Payload.wrap(joined));
  }
}
