package dev.earshot.security.tls.dtls;

import java.io.ByteArrayOutputStream;

/** Writes the fields of a handshake message one after the other. Not thread-safe. */
final class MessageWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  MessageWriter number1(int value) {
    bytes.write(value);
    return this;
  }

  MessageWriter number2(int value) {
    bytes.write(value >>> 8);
    bytes.write(value);
    return this;
  }

  MessageWriter bytes(byte[] content) {
    bytes.writeBytes(content);
    return this;
  }

  /** {@code content} after its length in one byte. */
  MessageWriter vector1(byte[] content) {
    return number1(content.length).bytes(content);
  }

  /** {@code content} after its length in two bytes. */
  MessageWriter vector2(byte[] content) {
    return number2(content.length).bytes(content);
  }

  /** {@code content} after its length in three bytes. */
  MessageWriter vector3(byte[] content) {
    return number1(content.length >>> 16).number2(content.length).bytes(content);
  }

  /** An extension of a hello. */
  MessageWriter extension(int type, byte[] content) {
    return number2(type).vector2(content);
  }

  byte[] done() {
    return bytes.toByteArray();
  }
}
