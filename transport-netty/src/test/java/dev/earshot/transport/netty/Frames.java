package dev.earshot.transport.netty;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Frames as a peer would send them, well-formed or not. */
final class Frames {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final boolean masked;

  /** Frames of a connecting side if {@code masked}, else of an accepting one. */
  Frames(boolean masked) {
    this.masked = masked;
  }

  /** A frame of which only the first byte is given; its length is encoded as it should be. */
  Frames add(int first, byte[] payload) {
    ByteBuffer header = ByteBuffer.allocate(10).put((byte) first);
    int mask = masked ? 0x80 : 0;
    if (payload.length < 126) {
      header.put((byte) (mask | payload.length));
    } else if (payload.length < 65_536) {
      header.put((byte) (mask | 126)).putShort((short) payload.length);
    } else {
      header.put((byte) (mask | 127)).putLong(payload.length);
    }
    bytes.write(header.array(), 0, header.position());
    byte[] content = payload;
    if (masked) {
      int key = 0x5A17_33C9 + bytes.size();
      bytes.write(new byte[] {(byte) key, (byte) (key >> 8), (byte) (key >> 16)}, 0, 3);
      bytes.write(key >> 24);
      content = payload.clone();
      Masking.apply(content, 0, content.length, key);
    }
    bytes.write(content, 0, content.length);
    return this;
  }

  Frames add(int first, String payload) {
    return add(first, payload.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Bytes as they are. */
  Frames raw(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
