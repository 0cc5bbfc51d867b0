package dev.earshot.transport.netty;

import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;

/** An array that whole pieces are encoded into, one after the other, for as long as they fit. */
@LoopConfined
final class Filling implements Pipe.Sink {
  /** The least room in which a piece is begun. */
  static final int LEAST_ROOM = 256;

  private final PipeCodec codec;
  private final byte[] array;
  private final int limit;
  private int end;

  Filling(PipeCodec codec, byte[] array, int from, int limit) {
    this.codec = codec;
    this.array = array;
    this.end = from;
    this.limit = limit;
  }

  @Override
  public boolean takes(Outgoing piece) {
    if (limit - end < LEAST_ROOM) {
      return false;
    }
    int next = codec.encodeWhole(piece, array, end, limit);
    if (next < 0) {
      return false;
    }
    end = next;
    return true;
  }

  /** Where what was encoded ends. */
  int end() {
    return end;
  }
}
