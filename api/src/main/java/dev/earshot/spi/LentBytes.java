package dev.earshot.spi;

import dev.earshot.Payload;
import dev.earshot.Received;
import java.util.AbstractList;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A batch of one piece of a stream of bytes, whose array its pipe would use again: for high rates,
 * where an array that is in no cache costs as much as reading into it.
 *
 * <p>It is a batch like any other. Whoever has shown the piece to somebody who keeps none of it, as
 * {@link dev.earshot.Connection#bytes} does, may give the array back; nobody has to.
 */
public final class LentBytes extends AbstractList<Received> {
  private final byte[] array;
  private final Received piece;
  private final Consumer<byte[]> owner;

  /**
   * A batch with the first {@code count} bytes of {@code array}.
   *
   * @param owner who gets the array back, on any thread
   */
  public LentBytes(byte[] array, int count, Consumer<byte[]> owner) {
    this.array = array;
    this.piece = Received.bytes(Payload.wrap(array).slice(0, count));
    this.owner = Objects.requireNonNull(owner, "owner");
  }

  @Override
  public Received get(int index) {
    Objects.checkIndex(index, 1);
    return piece;
  }

  @Override
  public int size() {
    return 1;
  }

  /** Gives the array back: nobody reads the piece any more. At most once; on any thread. */
  public void giveBack() {
    owner.accept(array);
  }
}
