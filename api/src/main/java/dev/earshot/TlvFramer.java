package dev.earshot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Messages preceded by their type and their length; see {@link Framer#tlv}. Immutable: each method
 * that changes something gives another framer.
 *
 * <p>What is received has its type as {@link ContentMetadata.Typed}. What is sent without one, as
 * by {@link Connection#trySend}, has the type 0.
 */
public final class TlvFramer implements Framer {
  private final NumberField type;
  private final NumberField length;
  private final boolean countsHeader;
  private final int maximum;

  TlvFramer(int typeWidth, int lengthWidth) {
    this(
        new NumberField(typeWidth, ByteOrder.BIG_ENDIAN),
        new NumberField(lengthWidth, ByteOrder.BIG_ENDIAN),
        false,
        LengthPrefixedFramer.DEFAULT_MAXIMUM);
  }

  private TlvFramer(NumberField type, NumberField length, boolean countsHeader, int maximum) {
    this.type = type;
    this.length = length;
    this.countsHeader = countsHeader;
    this.maximum = maximum;
  }

  /** The same with the least significant byte of type and length first. */
  public TlvFramer littleEndian() {
    return new TlvFramer(
        new NumberField(type.width(), ByteOrder.LITTLE_ENDIAN),
        new NumberField(length.width(), ByteOrder.LITTLE_ENDIAN),
        countsHeader,
        maximum);
  }

  /** The same with lengths that count the bytes of type and length too. */
  public TlvFramer countingHeader() {
    return new TlvFramer(type, length, true, maximum);
  }

  /** The same with another limit, at least 0; a length of few bytes may limit it further. */
  public TlvFramer maximumMessageSize(int bytes) {
    return new TlvFramer(type, length, countsHeader, HeaderRules.requireLimit(bytes));
  }

  @Override
  public int maximumHeaderSize() {
    return type.width() + length.width();
  }

  @Override
  public int maximumMessageSize() {
    return (int) Math.min(maximum, length.maximum() - counted());
  }

  @Override
  public Optional<Frame> readHeader(ByteBuffer bytes) throws FramingException {
    if (bytes.remaining() < maximumHeaderSize()) {
      return Optional.empty();
    }
    ContentMetadata metadata = new ContentMetadata.Typed(type.read(bytes));
    return Optional.of(new Frame(HeaderRules.contentSize(length.read(bytes), counted()), metadata));
  }

  @Override
  public void writeHeader(ByteBuffer target, int contentSize, ContentMetadata metadata) {
    type.write(target, typeOf(metadata));
    length.write(target, contentSize + (long) counted());
  }

  private static long typeOf(ContentMetadata metadata) {
    return metadata instanceof ContentMetadata.Typed typed ? typed.type() : 0;
  }

  @Override
  public void requireSendable(ContentMetadata metadata) {
    if (!type.fits(typeOf(metadata))) {
      throw new IllegalArgumentException(
          "type %s does not fit into %s".formatted(Long.toUnsignedString(typeOf(metadata)), type));
    }
  }

  private int counted() {
    return countsHeader ? maximumHeaderSize() : 0;
  }

  @Override
  public String toString() {
    return "Framer[type of %s, length of %s%s, at most %d]"
        .formatted(type, length, countsHeader ? " that counts both" : "", maximumMessageSize());
  }
}
