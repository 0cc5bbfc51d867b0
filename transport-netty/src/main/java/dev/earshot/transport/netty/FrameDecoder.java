package dev.earshot.transport.netty;

import dev.earshot.ContentMetadata;
import dev.earshot.FramingException;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.TooLargeException;
import dev.earshot.WebSocketOptions;
import dev.earshot.spi.LoopConfined;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads WebSocket frames (RFC 6455, section 5) from arrays, wherever they are cut.
 *
 * <p>Payload is unmasked straight into the array that the message is given away in. Only a header
 * that is cut is copied before. A message grows with what has arrived of it, never with what its
 * header promises, and never beyond the limits of the options. Each rule is applied to the first
 * byte that breaks it.
 */
@LoopConfined
final class FrameDecoder {
  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;

  /** The close codes of RFC 6455, section 7.4.1, that a decoder asks for. */
  static final int PROTOCOL_ERROR = 1002;

  static final int INVALID_TEXT = 1007;
  static final int TOO_BIG = 1009;

  static final int MAXIMUM_HEADER = 14;
  static final int MAXIMUM_CONTROL = 125;

  private static final int FINAL_BIT = 0x80;
  private static final int RESERVED_BITS = 0x70;
  private static final int OPCODE_BITS = 0x0F;
  private static final int CONTROL_BIT = 0x08;
  private static final int MASK_BIT = 0x80;
  private static final int SIZE_BITS = 0x7F;
  private static final int SIZE_IN_2_BYTES = 126;
  private static final int SIZE_IN_8_BYTES = 127;

  /** The longest header of a frame whose length fits into two bytes. */
  private static final int MIDDLE_HEADER = 8;

  /** The least that is set aside for a message of which little has arrived. */
  private static final int FIRST_GROWTH = 2 << 10;

  private static final int GROWTH = 8;

  private static final byte[] NOTHING = {};

  private final boolean fromClient;
  private final WebSocketOptions options;
  private final String peer;
  private final Control control;

  /** A header that was cut, as far as it has come; nothing before one was. */
  private byte[] header = NOTHING;

  private int headerLength;

  // The frame whose payload is being read.
  private boolean inFrame;
  private boolean isFinal;
  private int opcode;
  private int key;
  private int remaining;

  // The message that it is part of; its opcode is CONTINUATION while there is none.
  private int messageOpcode = CONTINUATION;
  private byte @Nullable [] message;
  private int messageLength;
  private int fragments;

  /** Null before the first text. */
  private @Nullable Utf8Check utf8;

  private byte[] controlPayload = NOTHING;
  private int controlLength;

  private boolean closed;
  private int violation = PROTOCOL_ERROR;

  /** What becomes of control frames. */
  interface Control {
    /** A whole control frame. */
    void frame(int opcode, byte[] payload, List<Received> batch) throws FramingException;
  }

  FrameDecoder(boolean fromClient, WebSocketOptions options, String peer, Control control) {
    this.fromClient = fromClient;
    this.options = options;
    this.peer = peer;
    this.control = control;
  }

  /** The close code that says what was wrong, after {@link #decode} has thrown. */
  int violation() {
    return violation;
  }

  /** Reads on; after a close frame, what follows is ignored. */
  void decode(byte[] bytes, int from, int to, List<Received> batch) throws NetworkException {
    int at = from;
    while (!closed) {
      if (!inFrame) {
        at = readWholeMessages(bytes, at, to, batch);
        at = at == to ? to : readHeader(bytes, at, to);
        if (!inFrame) {
          return;
        }
      }
      at = (opcode & CONTROL_BIT) == 0 ? readData(bytes, at, to) : readControl(bytes, at, to);
      if (remaining > 0) {
        return;
      }
      inFrame = false;
      if ((opcode & CONTROL_BIT) != 0) {
        closed = opcode == CLOSE;
        byte[] payload = controlPayload;
        controlPayload = NOTHING;
        control.frame(opcode, payload, batch);
      } else if (isFinal) {
        batch.add(wholeMessage());
      }
    }
  }

  /**
   * Reads binary messages of one frame each that lie here as a whole, which most do. It stops
   * before anything else, right or wrong; that is for the way that goes step by step. Nothing of
   * such a message is kept in a field, since that costs more than reading it.
   */
  private int readWholeMessages(byte[] bytes, int from, int to, List<Received> batch) {
    if (headerLength > 0 || messageOpcode != CONTINUATION) {
      return from;
    }
    int most = options.maximumMessageSize();
    int at = from;
    while (to - at >= MIDDLE_HEADER && bytes[at] == (byte) (FINAL_BIT | BINARY)) {
      int size = fromClient ? bytes[at + 1] ^ ~SIZE_BITS : bytes[at + 1];
      int begin = at + 2 + (size == SIZE_IN_2_BYTES ? 2 : 0) + (fromClient ? 4 : 0);
      int length =
          size == SIZE_IN_2_BYTES ? (bytes[at + 2] & 0xFF) << 8 | bytes[at + 3] & 0xFF : size;
      // A negative size has the wrong mask bit.
      boolean plain = size >= 0 && size != SIZE_IN_8_BYTES;
      boolean shortest = size < SIZE_IN_2_BYTES || length >= SIZE_IN_2_BYTES;
      if (!plain || !shortest || length > most || length > to - begin) {
        break;
      }
      byte[] content =
          fromClient
              ? Masking.unmasked(bytes, begin, length)
              : Arrays.copyOfRange(bytes, begin, begin + length);
      batch.add(Received.message(Payload.wrap(content), ContentMetadata.BINARY));
      at = begin + length;
    }
    return at;
  }

  private int readHeader(byte[] bytes, int from, int to) throws NetworkException {
    if (headerLength == 0) {
      int next = parse(bytes, from, to);
      if (next >= 0) {
        return next;
      }
    }
    if (header.length == 0) {
      header = new byte[MAXIMUM_HEADER];
    }
    int count = Math.min(to - from, MAXIMUM_HEADER - headerLength);
    System.arraycopy(bytes, from, header, headerLength, count);
    int next = parse(header, 0, headerLength + count);
    if (next < 0) {
      headerLength += count;
      return from + count;
    }
    int consumed = next - headerLength;
    headerLength = 0;
    return from + consumed;
  }

  /** Reads a header; -1 if there is not all of it. */
  private int parse(byte[] bytes, int from, int to) throws NetworkException {
    checkFirst(bytes[from]);
    if (to - from < 2) {
      return -1;
    }
    int second = bytes[from + 1];
    if ((second & MASK_BIT) != 0 != fromClient) {
      throw wrong(fromClient ? "an unmasked frame" : "a masked frame", "5.1");
    }
    int size = second & SIZE_BITS;
    int at = from + 2 + (size == SIZE_IN_8_BYTES ? 8 : size == SIZE_IN_2_BYTES ? 2 : 0);
    checkSize(bytes[from], size);
    if (to < at) {
      return -1;
    }
    long length = size < SIZE_IN_2_BYTES ? size : extendedLength(bytes, from + 2, at);
    checkLength(bytes[from], length);
    if (fromClient) {
      if (to < at + 4) {
        return -1;
      }
      key = Masking.key(bytes, at);
      at += 4;
    }
    begin(bytes[from], (int) length);
    return at;
  }

  private void checkFirst(int first) throws FramingException {
    if ((first & RESERVED_BITS) != 0) {
      throw wrong("a frame with reserved bits", "5.2");
    }
    int code = first & OPCODE_BITS;
    switch (code) {
      case CONTINUATION:
        if (messageOpcode == CONTINUATION) {
          throw wrong("a continuation of no message", "5.4");
        }
        break;
      case TEXT:
      case BINARY:
        if (messageOpcode != CONTINUATION) {
          throw wrong("a message within another", "5.4");
        }
        break;
      case CLOSE:
      case PING:
      case PONG:
        if ((first & FINAL_BIT) == 0) {
          throw wrong("a control frame in fragments", "5.5");
        }
        break;
      default:
        throw wrong("a frame with reserved opcode " + code, "5.2");
    }
  }

  private void checkSize(int first, int size) throws FramingException {
    if ((first & CONTROL_BIT) != 0 && size > MAXIMUM_CONTROL) {
      throw wrong("a control frame of more than 125 bytes", "5.5");
    }
  }

  private long extendedLength(byte[] bytes, int from, int to) throws FramingException {
    long length = 0;
    for (int at = from; at < to; at++) {
      length = length << 8 | bytes[at] & 0xFF;
    }
    // The most significant bit must be 0, and the shortest form must be used.
    if (length < (to - from == 2 ? SIZE_IN_2_BYTES : 1 << 16)) {
      throw wrong("a frame whose length is not encoded as it should be", "5.2");
    }
    return length;
  }

  private void checkLength(int first, long length) throws TooLargeException {
    if ((first & CONTROL_BIT) != 0) {
      return;
    }
    boolean begins = (first & OPCODE_BITS) != CONTINUATION;
    if (length > options.maximumMessageSize() - (begins ? 0 : messageLength)) {
      violation = TOO_BIG;
      throw new TooLargeException(
          "receiving from "
              + peer
              + ": a message of more than "
              + options.maximumMessageSize()
              + " bytes (WebSocketOptions.maximumMessageSize)");
    }
    if (!begins && fragments >= options.maximumFragments()) {
      violation = TOO_BIG;
      throw new TooLargeException(
          "receiving from "
              + peer
              + ": a message of more than "
              + options.maximumFragments()
              + " fragments (WebSocketOptions.maximumFragments)");
    }
  }

  private void begin(int first, int length) {
    inFrame = true;
    isFinal = (first & FINAL_BIT) != 0;
    opcode = first & OPCODE_BITS;
    remaining = length;
    if ((opcode & CONTROL_BIT) != 0) {
      controlLength = 0;
    } else if (opcode == CONTINUATION) {
      fragments++;
    } else {
      messageOpcode = opcode;
      messageLength = 0;
      fragments = 1;
      if (opcode == TEXT) {
        utf8().reset();
      }
    }
  }

  private int readControl(byte[] bytes, int from, int to) {
    if (controlLength == 0) {
      controlPayload = new byte[remaining]; // no more than a control frame may have
    }
    int count = Math.min(remaining, to - from);
    take(bytes, from, controlPayload, controlLength, count);
    controlLength += count;
    return from + count;
  }

  private int readData(byte[] bytes, int from, int to) throws FramingException {
    int count = Math.min(remaining, to - from);
    int end = messageLength + count;
    // A last fragment bounds the message; before it, room doubles, or each would copy all others.
    byte[] target = room(end, isFinal ? messageLength + remaining : options.maximumMessageSize());
    take(bytes, from, target, messageLength, count);
    if (messageOpcode == TEXT && !utf8().accepts(target, messageLength, end)) {
      throw notUtf8();
    }
    messageLength = end;
    return from + count;
  }

  private Utf8Check utf8() {
    if (utf8 == null) {
      utf8 = new Utf8Check();
    }
    return utf8;
  }

  private void take(byte[] bytes, int from, byte[] target, int to, int count) {
    if (fromClient) {
      Masking.copy(bytes, from, target, to, count, key);
      key = Masking.rotate(key, count);
    } else {
      System.arraycopy(bytes, from, target, to, count);
    }
    remaining -= count;
  }

  /** The message's array with room for {@code needed} bytes, and never more than {@code most}. */
  private byte[] room(int needed, int most) {
    byte[] bytes = message;
    if (bytes == null) {
      bytes = new byte[grown(needed, most)];
    } else if (bytes.length < needed) {
      bytes = Arrays.copyOf(bytes, grown(needed, most));
    }
    message = bytes;
    return bytes;
  }

  /** A multiple of what has arrived, so that growing costs little and promises cost nothing. */
  private static int grown(int needed, int most) {
    return (int) Math.min(most, Math.max(FIRST_GROWTH, GROWTH * (long) needed));
  }

  private Received wholeMessage() throws FramingException {
    boolean text = messageOpcode == TEXT;
    if (text && !utf8().isComplete()) {
      throw notUtf8();
    }
    byte[] bytes = message;
    messageOpcode = CONTINUATION;
    message = null;
    if (bytes == null) {
      bytes = new byte[0];
    } else if (bytes.length != messageLength) {
      bytes = Arrays.copyOf(bytes, messageLength);
    }
    return Received.message(
        Payload.wrap(bytes), text ? ContentMetadata.TEXT : ContentMetadata.BINARY);
  }

  /** The exception for text that is not UTF-8. */
  FramingException notUtf8() {
    violation = INVALID_TEXT;
    return new FramingException(
        "receiving from " + peer + ": text that is not UTF-8 (RFC 6455, section 8.1)");
  }

  /** The exception for a breach of {@code section}. */
  FramingException wrong(String what, String section) {
    violation = PROTOCOL_ERROR;
    return new FramingException(
        "receiving from " + peer + ": " + what + " (RFC 6455, section " + section + ")");
  }
}
