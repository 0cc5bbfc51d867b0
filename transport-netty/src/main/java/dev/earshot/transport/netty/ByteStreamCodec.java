package dev.earshot.transport.netty;

import dev.earshot.ContentMetadata;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes as they are; the farewell is the end of the stream. */
@LoopConfined
final class ByteStreamCodec implements PipeCodec {
  private static final int WORTH_SHOWING = 8 << 10;

  private @Nullable Payload current;
  private int position;
  private boolean last;
  private boolean saidFarewell;
  private boolean heardFarewell;

  @Override
  public boolean isMessageBased() {
    return false;
  }

  @Override
  public void begin(Outgoing piece) {
    current = piece.content();
    position = 0;
    last = piece.options().finalMessage();
    endPiece();
  }

  @Override
  public boolean hasOutput() {
    return current != null;
  }

  @Override
  public int encode(byte[] target, int at, int limit) {
    if (current == null) {
      return at;
    }
    int count = Math.min(current.length() - position, limit - at);
    current.copyTo(position, target, at, count);
    position += count;
    endPiece();
    return at + count;
  }

  @Override
  public @Nullable ByteBuffer show(int count) {
    if (current == null || count < WORTH_SHOWING || count > current.length() - position) {
      return null;
    }
    ByteBuffer shown = current.slice(position, count).asByteBuffer();
    position += count;
    endPiece();
    return shown;
  }

  private void endPiece() {
    if (current != null && position == current.length()) {
      current = null;
      saidFarewell |= last;
    }
  }

  @Override
  public void sayFarewell() {
    saidFarewell = true;
  }

  @Override
  public boolean hasSaidFarewell() {
    return saidFarewell;
  }

  @Override
  public void decode(byte[] bytes, int from, int to, List<Received> batch) {
    batch.add(Received.bytes(Payload.wrap(Arrays.copyOfRange(bytes, from, to))));
  }

  @Override
  public boolean hasHeardFarewell() {
    return heardFarewell;
  }

  @Override
  public void ended(List<Received> batch) {
    heardFarewell = true;
    batch.add(Received.end(ContentMetadata.NONE));
  }
}
