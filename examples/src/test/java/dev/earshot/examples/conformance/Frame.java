package dev.earshot.examples.conformance;

import dev.earshot.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * A WebSocket frame as it stands on the wire (RFC 6455, section 5.2), right or wrong.
 *
 * @param first its first byte: the final bit, the reserved bits, the opcode
 * @param payload what it carries, unmasked
 */
record Frame(int first, Payload payload) {
  static final int FINAL = 0x80;
  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;

  private static final byte[] KEY = {0x37, (byte) 0xFA, 0x21, 0x3D};

  static Frame of(int first, String payload) {
    return new Frame(first, Payload.utf8(payload));
  }

  static Frame of(int first, byte[] payload) {
    return new Frame(first, Payload.copyOf(payload));
  }

  static Frame text(String text) {
    return of(FINAL | TEXT, text);
  }

  static Frame text(byte[] bytes) {
    return of(FINAL | TEXT, bytes);
  }

  static Frame ping(String payload) {
    return of(FINAL | PING, payload);
  }

  static Frame pong(String payload) {
    return of(FINAL | PONG, payload);
  }

  static Frame close(int code) {
    return close(code, new byte[0]);
  }

  static Frame close(int code, byte[] reason) {
    byte[] payload =
        ByteBuffer.allocate(2 + reason.length).putShort((short) code).put(reason).array();
    return of(FINAL | CLOSE, payload);
  }

  /** How many bytes come before the payload. */
  int headerLength(boolean masked) {
    int length = payload.length();
    return 2 + (length < 126 ? 0 : length < 1 << 16 ? 2 : 8) + (masked ? KEY.length : 0);
  }

  /** The frame as bytes, in the shortest form. */
  byte[] toByteArray(boolean masked) {
    byte[] content = payload.toByteArray();
    ByteBuffer frame = ByteBuffer.allocate(headerLength(masked) + content.length);
    frame.put((byte) first);
    int mask = masked ? 0x80 : 0;
    if (content.length < 126) {
      frame.put((byte) (mask | content.length));
    } else if (content.length < 1 << 16) {
      frame.put((byte) (mask | 126)).putShort((short) content.length);
    } else {
      frame.put((byte) (mask | 127)).putLong(content.length);
    }
    if (masked) {
      frame.put(KEY);
      for (int i = 0; i < content.length; i++) {
        content[i] ^= KEY[i & 3];
      }
    }
    return frame.put(content).array();
  }

  /** Frames as bytes, one after the other. */
  static byte[] toByteArray(boolean masked, Frame... frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Frame frame : frames) {
      all.writeBytes(frame.toByteArray(masked));
    }
    return all.toByteArray();
  }

  @Override
  public String toString() {
    String shown = payload.length() <= 40 ? hex() : payload.length() + " bytes";
    return "frame %02x [%s]".formatted(first, shown);
  }

  private String hex() {
    StringBuilder hex = new StringBuilder();
    for (byte b : payload.toByteArray()) {
      hex.append("%02x".formatted(b & 0xFF));
    }
    return hex.toString();
  }
}
