package dev.earshot.security.tls.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Whole records of handshakes and alerts that wait to be sent. Not thread-safe. */
final class Outbox {
  private final ArrayDeque<byte[]> records = new ArrayDeque<>(4);

  void add(byte[] record) {
    records.add(record);
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /**
   * Moves as many records as fit to {@code target}, and returns their bytes; 0 if not even one
   * fits.
   */
  int drainTo(ByteBuffer target) {
    int before = target.position();
    for (@Nullable byte[] next = records.peek();
        next != null && next.length <= target.remaining();
        next = records.peek()) {
      target.put(records.remove());
    }
    return target.position() - before;
  }
}
