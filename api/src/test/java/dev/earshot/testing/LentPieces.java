package dev.earshot.testing;

import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.spi.LentBytes;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Pieces of bytes whose arrays are spoiled as soon as they are given back. */
public final class LentPieces {
  private static final byte SPOILED = '#';

  private final AtomicInteger lent = new AtomicInteger();
  private final AtomicInteger givenBack = new AtomicInteger();

  /** How many were lent. */
  public int lent() {
    return lent.get();
  }

  /** How many came back. */
  public int givenBack() {
    return givenBack.get();
  }

  /** A batch of {@code piece}, lent if it is bytes and nothing else. */
  List<Received> batchOf(Received piece) {
    boolean bytes = !piece.endOfMessage() && !piece.endOfStream() && !piece.content().isEmpty();
    return bytes ? lend(piece.content()) : List.of(piece);
  }

  private LentBytes lend(Payload content) {
    lent.incrementAndGet();
    byte[] array = Arrays.copyOf(content.toByteArray(), content.length() + 1);
    return new LentBytes(array, content.length(), this::spoil);
  }

  private void spoil(byte[] array) {
    Arrays.fill(array, SPOILED);
    givenBack.incrementAndGet();
  }
}
