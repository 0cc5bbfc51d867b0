package dev.earshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Messages preceded by their length; see {@link Framer#lengthPrefixed}. Immutable: each method that
 * changes something gives another framer.
 */
public final class LengthPrefixedFramer implements Framer {
  /** The most bytes of a message by default: 16 MiB. */
  public static final int DEFAULT_MAXIMUM = 16 << 20;

  private final NumberField length;
  private final boolean countsItself;
  private final int maximum;

  LengthPrefixedFramer(int width) {
    this(new NumberField(width, ByteOrder.BIG_ENDIAN), false, DEFAULT_MAXIMUM);
  }

  private LengthPrefixedFramer(NumberField length, boolean countsItself, int maximum) {
    this.length = length;
    this.countsItself = countsItself;
    this.maximum = maximum;
  }

  /** The same with the least significant byte of the length first. */
  public LengthPrefixedFramer littleEndian() {
    NumberField little = new NumberField(length.width(), ByteOrder.LITTLE_ENDIAN);
    return new LengthPrefixedFramer(little, countsItself, maximum);
  }

  /** The same with lengths that count their own bytes too. */
  public LengthPrefixedFramer countingItself() {
    return new LengthPrefixedFramer(length, true, maximum);
  }

  /** The same with another limit, at least 0; a length of few bytes may limit it further. */
  public LengthPrefixedFramer maximumMessageSize(int bytes) {
    return new LengthPrefixedFramer(length, countsItself, HeaderRules.requireLimit(bytes));
  }

  @Override
  public int maximumHeaderSize() {
    return length.width();
  }

  @Override
  public int maximumMessageSize() {
    return (int) Math.min(maximum, length.maximum() - counted());
  }

  @Override
  public Optional<Frame> readHeader(ByteBuffer bytes) throws FramingException {
    if (bytes.remaining() < length.width()) {
      return Optional.empty();
    }
    long size = HeaderRules.contentSize(length.read(bytes), counted());
    return Optional.of(new Frame(size, ContentMetadata.NONE));
  }

  @Override
  public void writeHeader(ByteBuffer target, int contentSize, ContentMetadata metadata) {
    length.write(target, contentSize + (long) counted());
  }

  private int counted() {
    return countsItself ? length.width() : 0;
  }

  @Override
  public String toString() {
    return "Framer[length of %s%s, at most %d]"
        .formatted(length, countsItself ? " that counts itself" : "", maximumMessageSize());
  }
}
