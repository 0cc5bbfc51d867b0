package dev.earshot.transport.netty;

import dev.earshot.FramingException;
import dev.earshot.TooLargeException;
import dev.earshot.spi.LoopConfined;
import java.util.Arrays;

/** Collects the head of an HTTP message from what arrives, up to a limit. */
@LoopConfined
final class HttpHeadReader {
  private static final int FIRST = 512;

  private final int limit;
  private byte[] collected = new byte[FIRST];
  private int length;
  private byte[] rest = new byte[0];
  private boolean complete;
  private boolean tooLarge;

  HttpHeadReader(int limit) {
    this.limit = limit;
  }

  /** Takes bytes, as many as the limit allows: how they begin can be judged in any case. */
  void add(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && !complete && !tooLarge) {
      if (length == limit) {
        tooLarge = true;
      } else {
        if (length == collected.length) {
          collected = Arrays.copyOf(collected, Math.min(limit, 2 * length));
        }
        collected[length++] = bytes[at++];
        complete = endsHere();
      }
    }
    if (complete) {
      rest = Arrays.copyOfRange(bytes, at, to);
    }
  }

  /**
   * Whether all of the head is there.
   *
   * @throws TooLargeException if it is not, and the limit is exceeded
   */
  boolean isComplete() throws TooLargeException {
    if (tooLarge) {
      throw new TooLargeException(
          "a head of more than " + limit + " bytes (WebSocketOptions.maximumHandshakeSize)");
    }
    return complete;
  }

  private boolean endsHere() {
    return length >= 4
        && collected[length - 1] == '\n'
        && collected[length - 2] == '\r'
        && collected[length - 3] == '\n'
        && collected[length - 4] == '\r';
  }

  /** Whether what has arrived so far can become something that begins with {@code ascii}. */
  boolean mayBeginWith(String ascii) {
    for (int i = 0; i < Math.min(length, ascii.length()); i++) {
      if (collected[i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether it begins as a TLS record of {@code type} does (RFC 8446, section 5.1), and so is none.
   * The first byte decides, which no head begins with: what is said must not depend on the cut.
   */
  boolean isTlsRecord(int type) {
    return length > 0 && collected[0] == type;
  }

  /**
   * The head, once it is complete.
   *
   * @throws FramingException saying in a few words what is wrong with it
   */
  HttpHead head() throws FramingException {
    return HttpHead.parse(collected, length);
  }

  /** What came after the head together with its end. */
  byte[] rest() {
    return rest;
  }
}
