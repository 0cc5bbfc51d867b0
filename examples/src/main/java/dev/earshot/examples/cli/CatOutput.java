package dev.earshot.examples.cli;

import dev.earshot.Payload;
import java.io.IOException;
import java.io.OutputStream;

/** Where {@code cat} writes what arrives. For one thread. */
final class CatOutput {
  private final OutputStream out;
  private final boolean lines;
  private final byte[] part = new byte[64 << 10]; // a message may be as large as half of the heap

  /** Writes to {@code out}, each message as a line if {@code lines}. */
  CatOutput(OutputStream out, boolean lines) {
    this.out = out;
    this.lines = lines;
  }

  /**
   * Writes {@code content}, for as long as that takes.
   *
   * @throws IOException if nobody reads it any more
   */
  void write(Payload content) throws IOException {
    int end = content.length() + (lines ? 1 : 0);
    try {
      for (int from = 0; from < end; from += part.length) {
        int count = Math.min(part.length, content.length() - from);
        content.copyTo(from, part, 0, count);
        if (lines && count < part.length) { // the last part
          part[count] = '\n';
          count++;
        }
        out.write(part, 0, count);
      }
      out.flush();
    } catch (IOException e) {
      throw new IOException("standard output: " + e.getMessage(), e);
    }
  }
}
