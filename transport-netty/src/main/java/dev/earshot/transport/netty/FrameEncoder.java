package dev.earshot.transport.netty;

import dev.earshot.Payload;
import dev.earshot.spi.LoopConfined;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Writes WebSocket frames (RFC 6455, section 5) into arrays: one frame a message, in as many arrays
 * as it takes, with control frames between the messages.
 */
@LoopConfined
final class FrameEncoder {
  private static final int FINAL_BIT = 0x80;
  private static final int MASK_BIT = 0x80;
  private static final int SIZE_IN_2_BYTES = 126;
  private static final int SIZE_IN_8_BYTES = 127;
  private static final int LARGEST_IN_2_BYTES = 0xFFFF;

  /** Replies to pings that wait to be sent; of more, the oldest are dropped (section 5.5.3). */
  private static final int PONGS_KEPT = 16;

  /** Where keys come from; null on the accepting side, which does not mask. */
  private final @Nullable MaskKeys keys;

  private @Nullable Payload current;
  private int currentOpcode;
  private boolean headerIsDue;
  private int position;
  private int key;
  private @Nullable ArrayDeque<byte[]> pongs;
  private byte @Nullable [] close;
  private boolean saidClose;

  FrameEncoder(@Nullable MaskKeys keys) {
    this.keys = keys;
  }

  /**
   * Writes a frame with all of this payload if it fits; otherwise nothing, and the result is -1.
   * Only while no other frame is being written.
   */
  int whole(int opcode, Payload payload, byte[] target, int from, int limit) {
    int length = payload.length();
    if (length > limit - from - FrameDecoder.MAXIMUM_HEADER) {
      return -1;
    }
    if (keys != null && length < SIZE_IN_2_BYTES) {
      return wholeShort(keys, opcode, payload, target, from);
    }
    int at = header(target, from, opcode, length);
    copy(payload, 0, target, at, length);
    return at + length;
  }

  /** The same with a mask and the shortest header, of which there may be millions in a second. */
  private static int wholeShort(
      MaskKeys keys, int opcode, Payload payload, byte[] target, int from) {
    int length = payload.length();
    int key = keys.next();
    int at = from + 2 + Integer.BYTES;
    target[from] = (byte) (FINAL_BIT | opcode);
    target[from + 1] = (byte) (MASK_BIT | length);
    Masking.putKey(target, from + 2, key);
    payload.copyTo(0, target, at, length);
    Masking.apply(target, at, length, key);
    return at + length;
  }

  /** Makes a frame with this payload the next; only while no other is being written. */
  void begin(int opcode, Payload payload) {
    current = payload;
    currentOpcode = opcode;
    headerIsDue = true;
    position = 0;
  }

  /** A reply to a ping, to be sent between two messages. */
  void pong(byte[] payload) {
    if (pongs == null) {
      pongs = new ArrayDeque<>();
    } else if (pongs.size() == PONGS_KEPT) {
      pongs.poll();
    }
    pongs.add(payload);
  }

  /** The last frame, after the one that is being written; the first call counts. */
  void close(byte[] payload) {
    if (close == null) {
      close = payload;
    }
  }

  boolean hasSaidClose() {
    return saidClose;
  }

  boolean hasOutput() {
    return current != null || hasControl();
  }

  private boolean hasControl() {
    return !saidClose && (close != null || pongs != null && !pongs.isEmpty());
  }

  /** Writes as much as fits before {@code limit}; where it stopped. */
  int encode(byte[] target, int from, int limit) {
    int at = from;
    if (current != null) {
      at = encodeCurrent(target, at, limit, current);
    }
    while (current == null && hasControl()) {
      if (limit - at < FrameDecoder.MAXIMUM_HEADER + FrameDecoder.MAXIMUM_CONTROL) {
        return at;
      }
      at = encodeControl(target, at);
    }
    return at;
  }

  private int encodeCurrent(byte[] target, int from, int limit, Payload payload) {
    int at = from;
    if (headerIsDue) {
      if (limit - at < FrameDecoder.MAXIMUM_HEADER) {
        return at;
      }
      at = header(target, at, currentOpcode, payload.length());
      headerIsDue = false;
    }
    int count = Math.min(payload.length() - position, limit - at);
    copy(payload, position, target, at, count);
    position += count;
    if (position == payload.length()) {
      current = null;
    }
    return at + count;
  }

  private int encodeControl(byte[] target, int from) {
    byte[] payload = pongs == null ? null : pongs.poll();
    int opcode = FrameDecoder.PONG;
    if (payload == null) {
      payload = close == null ? new byte[0] : close;
      opcode = FrameDecoder.CLOSE;
      saidClose = true;
    }
    int at = header(target, from, opcode, payload.length);
    System.arraycopy(payload, 0, target, at, payload.length);
    mask(target, at, payload.length);
    return at + payload.length;
  }

  private int header(byte[] target, int from, int opcode, int length) {
    int at = from;
    target[at++] = (byte) (FINAL_BIT | opcode);
    int mask = keys == null ? 0 : MASK_BIT;
    if (length < SIZE_IN_2_BYTES) {
      target[at++] = (byte) (mask | length);
    } else if (length <= LARGEST_IN_2_BYTES) {
      target[at++] = (byte) (mask | SIZE_IN_2_BYTES);
      target[at++] = (byte) (length >>> 8);
      target[at++] = (byte) length;
    } else {
      target[at++] = (byte) (mask | SIZE_IN_8_BYTES);
      for (int shift = 56; shift >= 0; shift -= 8) {
        target[at++] = (byte) ((long) length >>> shift);
      }
    }
    if (keys != null) {
      key = keys.next();
      Masking.putKey(target, at, key);
      at += Integer.BYTES;
    }
    return at;
  }

  /** Copies, and masks what has just been copied, as {@link Masking#copy} does. */
  private void copy(Payload payload, int from, byte[] target, int to, int count) {
    if (keys == null) {
      payload.copyTo(from, target, to, count);
      return;
    }
    for (int done = 0; done < count; done += Masking.BLOCK) {
      int part = Math.min(Masking.BLOCK, count - done);
      payload.copyTo(from + done, target, to + done, part);
      mask(target, to + done, part);
    }
  }

  private void mask(byte[] target, int from, int count) {
    if (keys != null) {
      Masking.apply(target, from, count, key);
      key = Masking.rotate(key, count);
    }
  }
}
