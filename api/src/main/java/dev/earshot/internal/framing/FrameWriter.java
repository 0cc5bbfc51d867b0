package dev.earshot.internal.framing;

import dev.earshot.Framer;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes bytes of messages: many small ones become one piece, a large one is preceded by its header
 * and not copied.
 */
@LoopConfined
final class FrameWriter implements Pipe.Outbound {
  /** As much as is gathered in one piece, about; what a pipe fills one array with. */
  private static final int PIECE = 60 << 10;

  /** As many messages as are gathered in one piece. */
  private static final int MOST = 4 << 10;

  /** Content from this size on is sent as it is. */
  private static final int LARGE = 4 << 10;

  private final Framer framer;
  private final int headerLimit;
  private final String peer;
  private final Pipe.Outbound source;
  private final Consumer<FramingException> failed;
  private final List<Outgoing> gathered = new ArrayList<>();

  /** Content whose header has been given already. */
  private @Nullable Outgoing large;

  private boolean over;

  private record Piece(Payload content, SendOptions options) implements Outgoing {}

  /**
   * What is sent by way of {@code framer}.
   *
   * @param failed told, inside a poll, if the framer does not keep its promises
   */
  FrameWriter(Framer framer, String peer, Pipe.Outbound source, Consumer<FramingException> failed) {
    this.framer = framer;
    this.headerLimit = framer.maximumHeaderSize();
    this.peer = peer;
    this.source = source;
    this.failed = failed;
  }

  @Override
  public @Nullable Outgoing poll() {
    Outgoing next = large;
    if (next != null) {
      large = null;
      return next;
    }
    int room = over ? 0 : gather();
    if (gathered.isEmpty()) {
      return null;
    }
    try {
      return piece(room);
    } catch (RuntimeException mistake) {
      over = true;
      failed.accept(
          new FramingException(
              "sending to " + peer + ": " + framer + " threw " + mistake, mistake));
      return null;
    } finally {
      gathered.clear();
    }
  }

  /** Takes messages, up to one that ends a piece; the room that they need at most. */
  private int gather() {
    int room = 0;
    while (room < PIECE && gathered.size() < MOST) {
      Outgoing next = source.poll();
      if (next == null) {
        break;
      }
      gathered.add(next);
      room += headerLimit;
      if (isLarge(next) || next.options().finalMessage()) {
        return room + (isLarge(next) ? 0 : next.content().length());
      }
      room += next.content().length();
    }
    return room;
  }

  private static boolean isLarge(Outgoing message) {
    return message.content().length() >= LARGE;
  }

  private Outgoing piece(int room) {
    byte[] bytes = new byte[room];
    ByteBuffer target = ByteBuffer.wrap(bytes);
    int at = 0;
    SendOptions options = SendOptions.DEFAULT;
    for (int i = 0; i < gathered.size(); i++) {
      Outgoing message = gathered.get(i);
      boolean last = message.options().finalMessage();
      Payload content = message.content();
      if (last && content.isEmpty()) {
        options = SendOptions.FINAL;
        break; // the end, and no message
      }
      target.limit(at + headerLimit).position(at).order(ByteOrder.BIG_ENDIAN);
      framer.writeHeader(target, content.length(), message.options().metadata());
      at = target.position();
      if (isLarge(message)) {
        large = new Piece(content, last ? SendOptions.FINAL : SendOptions.DEFAULT);
      } else {
        content.copyTo(0, bytes, at, content.length());
        at += content.length();
        options = last ? SendOptions.FINAL : options;
      }
    }
    return new Piece(Payload.wrap(bytes).slice(0, at), options);
  }

  @Override
  public void taken() {
    source.taken();
  }
}
