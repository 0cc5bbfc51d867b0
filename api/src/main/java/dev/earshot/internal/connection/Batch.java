package dev.earshot.internal.connection;

import dev.earshot.Received;
import java.util.List;

/**
 * Pieces of content that a pipe handed over together, and what is counted of them: in one pass,
 * since there may be a thousand.
 *
 * @param pieces kept as it is
 * @param bytes the content of all
 * @param transferred how many have content or are a message
 * @param empty how many say nothing at all: no content, and the end of neither message nor stream
 * @param cost what they cost in memory, about
 */
record Batch(List<Received> pieces, long bytes, int transferred, int empty, long cost) {
  static Batch of(List<Received> pieces) {
    long bytes = 0;
    long cost = 0;
    int transferred = 0;
    int empty = 0;
    int size = pieces.size();
    for (int i = 0; i < size; i++) {
      Received piece = pieces.get(i);
      int length = piece.content().length();
      bytes += length;
      cost += cost(length);
      if (length > 0 || piece.endOfMessage()) {
        transferred++;
      } else if (!piece.endOfStream()) {
        empty++;
      }
    }
    return new Batch(pieces, bytes, transferred, empty, cost);
  }

  /** What a piece costs in memory, about. */
  static long cost(Received piece) {
    return cost(piece.content().length());
  }

  private static long cost(int length) {
    return Math.max(SendQueue.SMALLEST_COST, length);
  }

  /** The same without those that say nothing. */
  Batch withoutEmpty() {
    return empty == 0 ? this : of(pieces.stream().filter(Batch::saysSomething).toList());
  }

  private static boolean saysSomething(Received piece) {
    return !piece.content().isEmpty() || piece.endOfMessage() || piece.endOfStream();
  }
}
