package dev.earshot.internal.connection;

import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.spi.LentBytes;
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
  /** What comes after {@code batch}; null before anything had to wait for that. */
  private @Nullable ArrayDeque<List<Received>> later;

  /** The batch that is being used up. */
  private List<Received> batch = List.of();

  /** Where in {@code batch} the next piece is; at its end only if there is none at all. */
  private int position;

  /** What is left of the next piece; null while that is whole. */
  private @Nullable Received rest;

  /** The bytes in all pieces. */
  private long length;

  /** What has left: the cost of every piece that was used up. */
  private long consumed;

  /** Adds what came. The list is kept as it is, since there may be a thousand pieces in it. */
  void add(Batch come) {
    Batch kept = come.withoutEmpty();
    consumed += come.cost() - kept.cost();
    length += kept.bytes();
    if (kept.pieces().isEmpty()) {
      return;
    }
    if (isEmpty()) {
      batch = kept.pieces();
      position = 0;
    } else {
      addLater(kept.pieces());
    }
  }

  private void addLater(List<Received> come) {
    if (later == null) {
      later = new ArrayDeque<>(2);
    }
    later.add(come);
  }

  boolean isEmpty() {
    return position == batch.size();
  }

  /** The cost of all that was ever used up or dropped. */
  long consumed() {
    return consumed;
  }

  void clear() {
    while (!isEmpty()) {
      remove();
    }
  }

  /** The next piece as it came, or what is left of it; null if there is none. */
  @Nullable Received peek() {
    return isEmpty() ? null : next();
  }

  /** The batch that the next piece is all of, if its array can be given back. */
  @Nullable LentBytes lent() {
    return rest == null && batch instanceof LentBytes lent ? lent : null;
  }

  /**
   * What satisfies a read of so many bytes; null if there is not enough. The last bytes of a stream
   * bring its end along, if that has arrived.
   */
  @Nullable Received take(int minimum, int maximum) {
    Received message = takeMessage(maximum); // as most are that come at high rates
    if (message != null) {
      return message;
    }
    Received part = cut(minimum, maximum);
    return part == null || isBoundary(part) || part.content().isEmpty() ? part : withEnd(part);
  }

  /** The next piece if it is a whole message, not the last, of so many bytes at most. */
  @Nullable Received takeMessage(int maximum) {
    if (rest == null && !isEmpty()) {
      Received first = batch.get(position);
      if (first.endOfMessage() && !first.endOfStream() && first.content().length() <= maximum) {
        return removeWhole(first);
      }
    }
    return null;
  }

  private Received withEnd(Received bytes) {
    Received next = peek();
    if (next == null || !next.endOfStream() || next.endOfMessage() || !next.content().isEmpty()) {
      return bytes;
    }
    remove();
    return new Received(bytes.content(), next.metadata(), false, true);
  }

  private @Nullable Received cut(int minimum, int maximum) {
    Received first = peek();
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
    if (length < minimum && !isBoundary(last())) {
      return null;
    }
    return join(minimum, maximum);
  }

  private static boolean isBoundary(Received piece) {
    return piece.endOfMessage() || piece.endOfStream();
  }

  private Received last() {
    List<Received> last = later == null || later.isEmpty() ? batch : later.getLast();
    return last.get(last.size() - 1);
  }

  private Received remove() {
    Received first = next();
    rest = null;
    return removeWhole(first);
  }

  private Received removeWhole(Received first) {
    length -= first.content().length();
    consumed += Batch.cost(first);
    position++;
    goOn();
    return first;
  }

  private Received next() {
    return rest != null ? rest : batch.get(position);
  }

  /** Goes on to the next batch if this one is used up, and does not keep it. */
  private void goOn() {
    if (position == batch.size()) {
      List<Received> next = later == null ? null : later.poll();
      batch = next == null ? List.of() : next;
      position = 0;
    }
  }

  private Received split(Received first, int count) {
    Payload content = first.content();
    Payload tail = content.slice(count, content.length() - count);
    Received left = new Received(tail, first.metadata(), first.endOfMessage(), first.endOfStream());
    rest = left;
    length -= count;
    consumed += Batch.cost(first) - Batch.cost(left);
    return new Received(content.slice(0, count), first.metadata(), false, false);
  }

  /** Joins bytes up to {@code maximum}, or up to the end if there are fewer. */
  private Received join(int minimum, int maximum) {
    byte[] joined = new byte[(int) Math.min(maximum, length)];
    int at = 0;
    while (at < joined.length || at < minimum) {
      Received piece = next();
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
