package dev.earshot.security.tls.pairing;

import dev.earshot.Payload;

/**
 * What the two sides say to each other, in this order, each with a length of its own;
 * docs/pairing.md has every byte. Immutable; nothing in a message has been checked but its length.
 */
public sealed interface Message {
  /** The version of everything said here. */
  byte VERSION = 1;

  /** The bytes of a proof that its sender has the same keys. */
  int TAG_BYTES = 32;

  /** The bytes of a sealed {@link Card}. */
  int SEALED_CARD_BYTES = Card.BYTES + 16;

  /** The longest message, in bytes. */
  int MAXIMUM_BYTES = 2 + 3 * Share.BYTES;

  /** Begins: round one of the entering side. */
  record Opening(Share first, Share second) implements Message {}

  /** Rounds one and two of the showing side. */
  record Answer(Share first, Share second, Share third) implements Message {}

  /** Round two of the entering side, the proof that it knows the code, and its card. */
  record Proof(Share third, Payload tag, Payload card) implements Message {}

  /** The showing side's proof, and its card. */
  record Acceptance(Payload tag, Payload card) implements Message {}

  /** The entering side has it all. */
  record Done(Payload tag) implements Message {}

  /**
   * The showing side will not, or no longer. Whoever is on the path can say this.
   *
   * @param reason why; {@link Reason#OTHER} for numbers that are not known here
   */
  record Refusal(Reason reason) implements Message {}

  /** Why the showing side refuses. */
  enum Reason {
    /** None of the others. */
    OTHER(0),
    /** The code was not the one that is shown. */
    WRONG_CODE(1),
    /** Somebody else is pairing with this code at this moment. */
    BUSY(2),
    /** The code is no longer good: too old, used, tried too often, or cancelled. */
    OVER(3),
    /** The version is not known. */
    VERSION(4);

    private final byte number;

    Reason(int number) {
      this.number = (byte) number;
    }

    byte number() {
      return number;
    }

    static Reason numbered(byte number) {
      for (Reason reason : values()) {
        if (reason.number == number) {
          return reason;
        }
      }
      return OTHER;
    }
  }
}
