package dev.earshot.security.tls.engine;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * Two engines of this process that shake hands with each other in memory and exchange a record, so
 * that everything that the first true handshake needs has been loaded. Not thread-safe.
 */
public final class Rehearsal {
  private static final int ROOM = 1 << 15;

  /** More than any handshake takes. */
  private static final int MOST_STEPS = 50;

  private final SSLEngine client;
  private final SSLEngine server;
  private final ByteBuffer up = ByteBuffer.allocate(ROOM);
  private final ByteBuffer down = ByteBuffer.allocate(ROOM);
  private final ByteBuffer content = ByteBuffer.allocate(ROOM);

  /** Of two engines that have not begun, and that nobody else uses. */
  public Rehearsal(SSLEngine client, SSLEngine server) {
    this.client = client;
    this.server = server;
  }

  /**
   * Shakes hands, and says a word each way.
   *
   * @throws UncheckedIOException if the handshake fails
   */
  public void run() {
    try {
      shakeHands();
      speak(client, server, up);
      speak(server, client, down);
    } catch (SSLException e) {
      throw new UncheckedIOException("a handshake of this side with itself failed", e);
    }
  }

  private void shakeHands() throws SSLException {
    client.beginHandshake();
    server.beginHandshake();
    for (int step = 0; step < MOST_STEPS; step++) {
      for (SSLEngine side : List.of(client, server)) {
        advance(side, side == client ? down : up, side == client ? up : down);
      }
      if (isDone(client) && isDone(server)) {
        return;
      }
    }
    throw new SSLException("no end after " + MOST_STEPS + " steps");
  }

  private static boolean isDone(SSLEngine side) {
    return side.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private void advance(SSLEngine side, ByteBuffer from, ByteBuffer to) throws SSLException {
    for (Runnable task = side.getDelegatedTask(); task != null; task = side.getDelegatedTask()) {
      task.run();
    }
    while (side.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      side.wrap(ByteBuffer.allocate(0), to);
    }
    from.flip();
    side.unwrap(from, content.clear());
    from.compact();
  }

  private void speak(SSLEngine from, SSLEngine to, ByteBuffer wire) throws SSLException {
    wire.clear();
    from.wrap(ByteBuffer.wrap(new byte[1]), wire);
    to.unwrap(wire.flip(), content.clear());
  }
}
