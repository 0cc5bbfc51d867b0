package dev.earshot.examples.flow;

import dev.earshot.Connection;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A stream of the JDK's over a connection, however long it is; both sides block their thread. */
public final class Pour {
  private Pour() {}

  /** Sends all that {@code source} has, as fast as the other side takes it. */
  public static void from(InputStream source, Connection connection) throws IOException {
    // README: flow
    byte[] piece = new byte[64 << 10];
    for (int count = source.read(piece); count >= 0; count = source.read(piece)) {
      connection.send(Payload.copyOf(piece, 0, count)).join(); // waits for room
    }
    connection.send(Payload.empty(), SendOptions.FINAL).join();
    // README: end
  }

  /** Writes all that arrives to {@code target}, and reads no faster than that takes it. */
  public static void into(OutputStream target, Connection connection) throws IOException {
    // README: flow
    Received next;
    do {
      next = connection.receiveMessage().join();
      target.write(next.content().toByteArray()); // nothing is read before this has returned
    } while (!next.endOfStream());
    // README: end
  }
}
