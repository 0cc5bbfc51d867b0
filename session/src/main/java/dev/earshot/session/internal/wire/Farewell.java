package dev.earshot.session.internal.wire;

/** Why a side says goodbye; the numbers are those of the wire. */
public enum Farewell {
  /** None of the others, or one that this version does not know. */
  UNSPECIFIED(0),
  /** The session ends. */
  LEAVING(1),
  /** The user does not want to be connected any more. */
  DISCONNECTED(2),
  /** There is another connection between the two. */
  DUPLICATE(3),
  /** Both sides have the same id. */
  SELF(4),
  /** There is no protocol version in common. */
  VERSION(5),
  /** The other side broke the rules. */
  PROTOCOL_ERROR(6),
  /** The other side was silent for too long. */
  TIMED_OUT(7),
  /** This side has as many peers as it allows. */
  TOO_MANY_PEERS(8),
  /** The user does not trust the other side's certificate. */
  NOT_TRUSTED(9),
  /** The other side's id is not that of its certificate's key. */
  NOT_YOUR_ID(10);

  private final int number;

  Farewell(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** The farewell with {@code number}; {@link #UNSPECIFIED} if there is none. */
  public static Farewell of(int number) {
    for (Farewell farewell : values()) {
      if (farewell.number == number) {
        return farewell;
      }
    }
    return UNSPECIFIED;
  }
}
