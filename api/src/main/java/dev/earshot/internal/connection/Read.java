package dev.earshot.internal.connection;

import dev.earshot.Received;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A read that a user asked for: its future, and between how many bytes it wants. */
final class Read extends CompletableFuture<Received> {
  private final int minimum;
  private final int maximum;

  /** The read after it, while it waits; the queue's. */
  @Nullable Read next;

  private Read(int minimum, int maximum) {
    this.minimum = minimum;
    this.maximum = maximum;
  }

  /** A read of the next message, or of whatever bytes there are. */
  static Read message() {
    return new Read(1, Integer.MAX_VALUE);
  }

  /** A read of so many bytes. */
  static Read bytes(int minimum, int maximum) {
    if (minimum < 1 || maximum < minimum) {
      throw new IllegalArgumentException(
          "a read of %d to %d bytes; the rule is 1 <= minimum <= maximum"
              .formatted(minimum, maximum));
    }
    return new Read(minimum, maximum);
  }

  int minimum() {
    return minimum;
  }

  int maximum() {
    return maximum;
  }
}
