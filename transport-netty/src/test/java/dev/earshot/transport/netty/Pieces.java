package dev.earshot.transport.netty;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** Bytes that arrive in pieces. */
final class Pieces {
  private Pieces() {}

  /**
   * Lets {@code bytes} arrive in pieces of {@code piece} bytes, all at once if that is 0, until
   * they are over.
   *
   * @return how many have arrived
   */
  static int feed(byte[] bytes, int piece, ScriptedStage stage, BooleanSupplier over) {
    int at = 0;
    while (at < bytes.length && !over.getAsBoolean()) {
      int end = piece == 0 ? bytes.length : Math.min(bytes.length, at + piece);
      stage.arrive(Arrays.copyOfRange(bytes, at, end));
      at = end;
    }
    return at;
  }

  /** {@code first}, and what has not arrived. */
  static byte[] joined(byte[] first, byte[] bytes, int from) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(first);
    both.write(bytes, from, bytes.length - from);
    return both.toByteArray();
  }
}
