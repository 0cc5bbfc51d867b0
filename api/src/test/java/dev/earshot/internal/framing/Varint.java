package dev.earshot.internal.framing;

import dev.earshot.ContentMetadata;
import dev.earshot.Framer;
import dev.earshot.FramingException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A framer as a user writes one: lengths of as many bytes as they need, seven bits in each. */
final class Varint implements Framer {
  static final int MOST = 5_000;

  private static final int MORE = 0x80;
  private static final int LONGEST = 3;

  @Override
  public int maximumHeaderSize() {
    return LONGEST;
  }

  @Override
  public int maximumMessageSize() {
    return MOST;
  }

  @Override
  public Optional<Frame> readHeader(ByteBuffer bytes) throws FramingException {
    int size = 0;
    for (int i = 0; i < LONGEST && bytes.hasRemaining(); i++) {
      int part = bytes.get();
      size |= (part & ~MORE & 0xFF) << 7 * i;
      if ((part & MORE) == 0) {
        if (part == 0 && i > 0) {
          throw new FramingException("a length in more bytes than it needs");
        }
        return Optional.of(new Frame(size, ContentMetadata.NONE));
      }
    }
    return Optional.empty();
  }

  @Override
  public void writeHeader(ByteBuffer target, int contentSize, ContentMetadata metadata) {
    int rest = contentSize;
    while (rest >= MORE) {
      target.put((byte) (rest | MORE));
      rest >>>= 7;
    }
    target.put((byte) rest);
  }
}
