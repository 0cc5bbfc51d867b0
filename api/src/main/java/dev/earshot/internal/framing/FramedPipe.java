package dev.earshot.internal.framing;

import dev.earshot.DataTransferReport;
import dev.earshot.EstablishmentReport;
import dev.earshot.Framer;
import dev.earshot.FramingException;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Messages on a pipe of bytes, whatever carries that: its two ends are between those of the pipe
 * below and those of the connection.
 *
 * <p>It asks below for bytes only while it was asked for content and none is whole. So what is kept
 * here is one message that has begun to arrive.
 */
@LoopConfined
public final class FramedPipe implements Pipe, Pipe.Inbound {
  private final Loop loop;
  private final Pipe below;
  private final Framer framer;
  private final String peer;
  private final FrameReader reader;
  private @Nullable Inbound inbound;
  private boolean wanted;
  private boolean asked;
  private boolean asking;
  private boolean over;
  private int lastBatch;

  /**
   * Messages on {@code below}, to which nothing is attached.
   *
   * @param peer the other side, for messages
   */
  public FramedPipe(Loop loop, Pipe below, Framer framer, String peer) {
    this.loop = loop;
    this.below = below;
    this.framer = framer;
    this.peer = peer;
    this.reader = new FrameReader(framer, peer);
  }

  @Override
  public NetworkPath path() {
    return below.path();
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return below.securityMetadata();
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return below.upgrade();
  }

  @Override
  public List<EstablishmentReport.Handshake> handshakes() {
    return below.handshakes();
  }

  @Override
  public Optional<DataTransferReport.Tcp> tcp() {
    return below.tcp();
  }

  @Override
  public boolean isMessageBased() {
    return true;
  }

  @Override
  public void attach(Inbound in, Outbound out) {
    loop.assertInLoop();
    inbound = in;
    below.attach(this, new FrameWriter(framer, peer, out, this::cannotSend));
  }

  @Override
  public void wakeUp() {
    loop.assertInLoop();
    below.wakeUp();
  }

  /** Later, since a pipe that polls cannot be ended meanwhile. */
  private void cannotSend(FramingException cause) {
    loop.execute(() -> broken(cause));
  }

  // ---- Receiving.

  @Override
  public void read() {
    loop.assertInLoop();
    wanted = true;
    ask();
  }

  /** Asks below for as long as it answers at once and nothing is whole. */
  private void ask() {
    if (asking) {
      return;
    }
    asking = true;
    try {
      while (wanted && !asked && !over) {
        asked = true;
        below.read();
      }
    } finally {
      asking = false;
    }
  }

  @Override
  public void content(List<Received> pieces) {
    loop.assertInLoop();
    if (over) {
      return;
    }
    asked = false;
    List<Received> messages = new ArrayList<>(lastBatch);
    FramingException wrong = null;
    try {
      for (int i = 0; i < pieces.size(); i++) {
        read(pieces.get(i), messages);
      }
    } catch (FramingException e) {
      wrong = e;
    }
    lastBatch = messages.size();
    if (!messages.isEmpty()) {
      wanted = false;
      inbound().content(messages);
    }
    if (wrong != null) {
      broken(wrong);
    }
    ask();
  }

  private void read(Received piece, List<Received> messages) throws FramingException {
    reader.read(piece.content(), messages);
    if (piece.endOfStream()) {
      reader.end(messages);
    }
  }

  /** There is no telling where the next message begins, here or there. */
  private void broken(FramingException cause) {
    if (!over) {
      over = true;
      below.abort();
      inbound().failed(cause);
    }
  }

  private Inbound inbound() {
    if (inbound == null) {
      throw new IllegalStateException("attach comes first: " + peer);
    }
    return inbound;
  }

  // ---- Ending.

  @Override
  public void moved(NetworkPath path) {
    loop.assertInLoop();
    inbound().moved(path);
  }

  @Override
  public void ending(Runnable goOn) {
    loop.assertInLoop();
    inbound().ending(goOn);
  }

  @Override
  public void closed() {
    loop.assertInLoop();
    if (!over) {
      over = true;
      inbound().closed();
    }
  }

  @Override
  public void failed(NetworkException cause) {
    loop.assertInLoop();
    if (!over) {
      over = true;
      inbound().failed(cause);
    }
  }

  @Override
  public void close() {
    loop.assertInLoop();
    below.close();
  }

  @Override
  public void abort() {
    loop.assertInLoop();
    over = true;
    below.abort();
  }
}
