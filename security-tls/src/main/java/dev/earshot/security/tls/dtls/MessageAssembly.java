package dev.earshot.security.tls.dtls;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts handshake messages together from fragments that arrive in any order, and gives them out in
 * their own. Pure; for one thread.
 *
 * <p>Whoever sends fragments has proved nothing yet: a message has 8 or 16 KiB at most, a handshake
 * {@value #MOST_MESSAGES}, and of those that are not complete no more than {@value #MOST_AHEAD} are
 * kept. What exceeds that is as if it had not come.
 */
final class MessageAssembly {
  /** In bytes. A handshake with keys needs a few hundred. */
  static final int LONGEST = 8 << 10;

  /** The highest number that a message can have. */
  static final int MOST_MESSAGES = 16;

  private static final int MOST_AHEAD = 6;

  /** How often a message is begun anew, since a fragment contradicts those before, in all. */
  private static final int MOST_CONTRADICTIONS = 16;

  /** In bytes. Certificates are longer than keys. */
  static final int LONGEST_WITH_CERTIFICATES = 16 << 10;

  private final int longest;
  private final Map<Integer, Partial> partials = new HashMap<>();

  /** The number of the message that is given out next. */
  private int next;

  private int contradictions;

  /** What a fragment was. */
  enum Outcome {
    /** A part of a message that is awaited. */
    TAKEN,
    /** A part of a message that was given out before: the peer repeats itself. */
    REPEATED,
    /** Against the rules, or beyond the limits. */
    REFUSED
  }

  private static final class Partial {
    private final int type;
    private final byte[] body;
    private final BitSet come;

    private Partial(int type, int length) {
      this.type = type;
      this.body = new byte[length];
      this.come = new BitSet(length);
    }

    private boolean isComplete() {
      return come.nextClearBit(0) >= body.length;
    }
  }

  /** For messages of up to {@code longest} bytes. */
  MessageAssembly(int longest) {
    this.longest = longest;
  }

  /** From now on {@code number} is next; what is below has been given out. */
  void expect(int number) {
    next = number;
    partials.keySet().removeIf(other -> other < number);
  }

  /** The number of the message that is given out next. */
  int expected() {
    return next;
  }

  /** The length of the fragment at {@code at}, its header included; negative if there is none. */
  static int length(byte[] bytes, int at, int to) {
    if (to - at < HandshakeMessage.HEADER_BYTES) {
      return -1;
    }
    int whole = HandshakeMessage.HEADER_BYTES + HandshakeMessage.medium(bytes, at + 9);
    return whole <= to - at ? whole : -1;
  }

  /** Whether the fragment at {@code at}, whose {@link #length} is known to be there, is all. */
  static boolean isWhole(byte[] bytes, int at) {
    return HandshakeMessage.medium(bytes, at + 1) == HandshakeMessage.medium(bytes, at + 9);
  }

  /** Takes the fragment at {@code at}, whose {@link #length} is known to be there. */
  Outcome take(byte[] bytes, int at) {
    int length = HandshakeMessage.medium(bytes, at + 1);
    int number = (bytes[at + 4] & 0xFF) << 8 | (bytes[at + 5] & 0xFF);
    int offset = HandshakeMessage.medium(bytes, at + 6);
    int count = HandshakeMessage.medium(bytes, at + 9);
    if (length > longest || number > MOST_MESSAGES || offset + count > length) {
      return Outcome.REFUSED;
    }
    if (number < next) {
      return Outcome.REPEATED;
    }
    if (number - next >= MOST_AHEAD) {
      return Outcome.REFUSED;
    }
    int type = bytes[at] & 0xFF;
    Partial partial = partials.get(number);
    if (partial != null && (partial.type != type || partial.body.length != length)) {
      if (contradictions++ >= MOST_CONTRADICTIONS) {
        return Outcome.REFUSED; // or whoever contradicts himself would have memory made for ever
      }
      // One of the two is forged: the true one is repeated, and must fit in.
      partial = null;
    }
    if (partial == null) {
      partial = new Partial(type, length);
      partials.put(number, partial);
    }
    System.arraycopy(bytes, at + HandshakeMessage.HEADER_BYTES, partial.body, offset, count);
    partial.come.set(offset, offset + count);
    return Outcome.TAKEN;
  }

  /** The next message in order, which is thereby given out; null if it is not complete. */
  @Nullable HandshakeMessage poll() {
    Partial partial = partials.get(next);
    if (partial == null || !partial.isComplete()) {
      return null;
    }
    partials.remove(next);
    return new HandshakeMessage(partial.type, next++, partial.body);
  }

  /** The type of the message that {@link #poll} gives; -1 if it is not complete. */
  int peekType() {
    Partial partial = partials.get(next);
    return partial == null || !partial.isComplete() ? -1 : partial.type;
  }
}
