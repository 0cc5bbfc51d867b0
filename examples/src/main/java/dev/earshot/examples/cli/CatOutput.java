package dev.earshot.examples.cli;

import dev.earshot.Payload;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Where {@code cat} writes what arrives.
 *
 * @param out takes it, in its own time
 * @param lines whether each message becomes a line
 */
record CatOutput(OutputStream out, boolean lines) {

  /**
   * Writes {@code content}, for as long as that takes.
   *
   * @throws IOException if nobody reads it any more
   */
  void write(Payload content) throws IOException {
    byte[] bytes = content.toByteArray();
    if (lines) {
      bytes = Arrays.copyOf(bytes, bytes.length + 1);
      bytes[bytes.length - 1] = '\n';
    }
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException e) {
      throw new IOException("standard output: " + e.getMessage(), e);
    }
  }
}
