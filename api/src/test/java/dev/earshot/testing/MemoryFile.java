package dev.earshot.testing;

import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.spi.FilePart;
import dev.earshot.spi.Outgoing;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A part of a file, as it is when a pipe that sends files has read it. */
record MemoryFile(Payload content) implements Outgoing {
  static Payload read(FilePart part) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(part.length());
    while (bytes.hasRemaining()) {
      if (part.channel().read(bytes, part.position() + bytes.position()) < 0) {
        throw new EOFException("no more");
      }
    }
    return Payload.wrap(bytes.array());
  }

  @Override
  public SendOptions options() {
    return SendOptions.DEFAULT;
  }
}
