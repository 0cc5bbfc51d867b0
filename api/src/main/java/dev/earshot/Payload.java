package dev.earshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Immutable bytes: what is sent and what is received.
 *
 * <p>A payload compares by content and prints its size, never its content. It can be shared between
 * threads freely.
 */
public final class Payload {
  private static final Payload EMPTY = new Payload(new byte[0], 0, 0);

  private final byte[] bytes;
  private final int offset;
  private final int length;

  private Payload(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }

  /** No bytes at all. */
  public static Payload empty() {
    return EMPTY;
  }

  /** A payload with a copy of {@code bytes}. */
  public static Payload copyOf(byte[] bytes) {
    Objects.requireNonNull(bytes, "bytes");
    return bytes.length == 0 ? EMPTY : new Payload(bytes.clone(), 0, bytes.length);
  }

  /**
   * A payload with a copy of {@code length} bytes of {@code bytes}, beginning at {@code offset}.
   */
  public static Payload copyOf(byte[] bytes, int offset, int length) {
    Objects.requireNonNull(bytes, "bytes");
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return length == 0
        ? EMPTY
        : new Payload(Arrays.copyOfRange(bytes, offset, offset + length), 0, length);
  }

  /**
   * A payload with a copy of the remaining bytes of {@code source}, whose position is left alone.
   */
  public static Payload copyOf(ByteBuffer source) {
    Objects.requireNonNull(source, "source");
    byte[] bytes = new byte[source.remaining()];
    source.duplicate().get(bytes);
    return wrap(bytes);
  }

  /** The UTF-8 bytes of {@code text}. */
  public static Payload utf8(String text) {
    Objects.requireNonNull(text, "text");
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A payload over {@code bytes} without a copy.
   *
   * <p>The caller gives the array away: a later change of it would be visible through a value that
   * promises not to change.
   */
  public static Payload wrap(byte[] bytes) {
    Objects.requireNonNull(bytes, "bytes");
    return bytes.length == 0 ? EMPTY : new Payload(bytes, 0, bytes.length);
  }

  /** The number of bytes. */
  public int length() {
    return length;
  }

  /** Whether there are no bytes. */
  public boolean isEmpty() {
    return length == 0;
  }

  /** The byte at {@code index}, counted from 0. */
  public byte byteAt(int index) {
    return bytes[offset + Objects.checkIndex(index, length)];
  }

  /** A part of this payload that shares its bytes. */
  public Payload slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, length);
    return count == 0 ? EMPTY : new Payload(bytes, offset + from, count);
  }

  /** A new array with the bytes. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(bytes, offset, offset + length);
  }

  /** Copies {@code count} bytes, from {@code from} on, to {@code target} at {@code at}. */
  public void copyTo(int from, byte[] target, int at, int count) {
    Objects.requireNonNull(target, "target");
    Objects.checkFromIndexSize(from, count, length);
    System.arraycopy(bytes, offset + from, target, at, count);
  }

  /** A read-only view of the bytes, big-endian, positioned at the first of them. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(bytes, offset, length).slice().asReadOnlyBuffer();
  }

  /** The bytes read as UTF-8; malformed input becomes U+FFFD. */
  public String toUtf8String() {
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Payload that
        && Arrays.equals(
            bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return "Payload[" + length + " bytes]";
  }
}
