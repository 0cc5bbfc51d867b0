package dev.earshot.session.internal.wire;

import dev.earshot.FramingException;
import dev.earshot.Payload;

/**
 * Walks over the fields of a Protocol Buffers message without copying it.
 *
 * <p>Every length is checked against what is there before it is used. Groups, which no version of
 * the protocol has, are refused. Not safe for several threads.
 */
final class FieldCursor {
  /** A field whose bytes come with their length in front. */
  static final int LENGTH_DELIMITED = 2;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int FIXED32 = 5;
  private static final int VARINT_BYTES = 10;

  private final Payload message;
  private int at;
  private int field;
  private int wireType;
  private Payload value = Payload.empty();

  FieldCursor(Payload message) {
    this.message = message;
  }

  /** Moves to the next field; false at the end. */
  boolean next() throws FramingException {
    if (at == message.length()) {
      return false;
    }
    long tag = varint();
    if (tag >>> 3 == 0 || tag >>> 3 > 0x1FFF_FFFFL) {
      throw new FramingException("an envelope has a field with the number " + (tag >>> 3));
    }
    field = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    value = Payload.empty();
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> skip(8);
      case FIXED32 -> skip(4);
      case LENGTH_DELIMITED -> value = bytes();
      default ->
          throw new FramingException(
              "field " + field + " of an envelope has the wire type " + wireType);
    }
    return true;
  }

  /** The number of the field. */
  int field() {
    return field;
  }

  /** Whether the field has bytes. */
  boolean isLengthDelimited() {
    return wireType == LENGTH_DELIMITED;
  }

  /** The bytes of the field, shared with the message; none if it has no length. */
  Payload value() {
    return value;
  }

  private Payload bytes() throws FramingException {
    long length = varint();
    if (length < 0 || length > message.length() - at) {
      throw new FramingException(
          "field "
              + field
              + " of an envelope claims "
              + Long.toUnsignedString(length)
              + " bytes where "
              + (message.length() - at)
              + " are left");
    }
    int from = at;
    at += (int) length;
    return message.slice(from, (int) length);
  }

  private void skip(int count) throws FramingException {
    if (count > message.length() - at) {
      throw new FramingException("field " + field + " of an envelope is cut short");
    }
    at += count;
  }

  private long varint() throws FramingException {
    long result = 0;
    for (int i = 0; i < VARINT_BYTES; i++) {
      if (at == message.length()) {
        throw new FramingException("an envelope ends within a number");
      }
      byte next = message.byteAt(at++);
      result |= (long) (next & 0x7F) << 7 * i;
      if (next >= 0) {
        return result;
      }
    }
    throw new FramingException("an envelope has a number of more than ten bytes");
  }
}
