package dev.earshot.security.tls.pairing;

import dev.earshot.FramingException;
import dev.earshot.Payload;
import java.util.List;

/** Messages to bytes and back: a type, a version, and a body whose length the type fixes. */
public final class MessageCodec {
  private static final byte OPENING = 1;
  private static final byte ANSWER = 2;
  private static final byte PROOF = 3;
  private static final byte ACCEPTANCE = 4;
  private static final byte DONE = 5;
  private static final byte REFUSAL = 6;
  private static final int HEADER = 2;

  private MessageCodec() {}

  /** The bytes of {@code message}. */
  public static Payload encode(Message message) {
    if (message instanceof Message.Opening it) {
      return join(OPENING, it.first().bytes(), it.second().bytes());
    } else if (message instanceof Message.Answer it) {
      return join(ANSWER, it.first().bytes(), it.second().bytes(), it.third().bytes());
    } else if (message instanceof Message.Proof it) {
      return join(PROOF, it.third().bytes(), it.tag(), it.card());
    } else if (message instanceof Message.Acceptance it) {
      return join(ACCEPTANCE, it.tag(), it.card());
    } else if (message instanceof Message.Done it) {
      return join(DONE, it.tag());
    } else if (message instanceof Message.Refusal it) {
      return join(REFUSAL, Payload.wrap(new byte[] {it.reason().number()}));
    }
    throw new IllegalArgumentException("no message: " + message.getClass());
  }

  /**
   * The message in {@code bytes}.
   *
   * @throws FramingException if it is none, or one of another version
   */
  public static Message decode(Payload bytes) throws FramingException {
    if (bytes.length() < HEADER) {
      throw new FramingException("pairing: a message of " + bytes.length() + " bytes");
    }
    byte type = bytes.byteAt(0);
    if (type != REFUSAL && bytes.byteAt(1) != Message.VERSION) { // a refusal never changes
      throw new FramingException("pairing: a message of version " + (bytes.byteAt(1) & 0xFF));
    }
    return body(type, new Body(bytes));
  }

  /** Whether {@code bytes} open a pairing of a version that is not known here. */
  public static boolean opensOtherVersion(Payload bytes) {
    return bytes.length() >= HEADER
        && bytes.byteAt(0) == OPENING
        && bytes.byteAt(1) != Message.VERSION;
  }

  private static Message body(byte type, Body body) throws FramingException {
    return switch (type) {
      case OPENING -> {
        body.requireLength(2 * Share.BYTES);
        yield new Message.Opening(body.share(), body.share());
      }
      case ANSWER -> {
        body.requireLength(3 * Share.BYTES);
        yield new Message.Answer(body.share(), body.share(), body.share());
      }
      case PROOF -> {
        body.requireLength(Share.BYTES + Message.TAG_BYTES + Message.SEALED_CARD_BYTES);
        yield new Message.Proof(
            body.share(), body.next(Message.TAG_BYTES), body.next(Message.SEALED_CARD_BYTES));
      }
      case ACCEPTANCE -> {
        body.requireLength(Message.TAG_BYTES + Message.SEALED_CARD_BYTES);
        yield new Message.Acceptance(
            body.next(Message.TAG_BYTES), body.next(Message.SEALED_CARD_BYTES));
      }
      case DONE -> {
        body.requireLength(Message.TAG_BYTES);
        yield new Message.Done(body.next(Message.TAG_BYTES));
      }
      case REFUSAL -> {
        body.requireLength(1);
        yield new Message.Refusal(Message.Reason.numbered(body.next(1).byteAt(0)));
      }
      default -> throw new FramingException("pairing: a message of type " + (type & 0xFF));
    };
  }

  private static Payload join(byte type, Payload... parts) {
    int length = HEADER + List.of(parts).stream().mapToInt(Payload::length).sum();
    byte[] all = new byte[length];
    all[0] = type;
    all[1] = Message.VERSION;
    int at = HEADER;
    for (Payload part : parts) {
      part.copyTo(0, all, at, part.length());
      at += part.length();
    }
    return Payload.wrap(all);
  }

  /** What comes after the header, taken piece by piece. */
  private static final class Body {
    private final Payload bytes;
    private int at = HEADER;

    Body(Payload bytes) {
      this.bytes = bytes;
    }

    void requireLength(int length) throws FramingException {
      if (bytes.length() - HEADER != length) {
        throw new FramingException(
            "pairing: a message of type "
                + (bytes.byteAt(0) & 0xFF)
                + " with "
                + (bytes.length() - HEADER)
                + " bytes, not "
                + length);
      }
    }

    Payload next(int length) {
      Payload part = bytes.slice(at, length);
      at += length;
      return part;
    }

    Share share() {
      return new Share(next(Share.BYTES));
    }
  }
}
