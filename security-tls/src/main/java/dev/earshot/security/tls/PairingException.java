package dev.earshot.security.tls;

import dev.earshot.NetworkException;
import org.jspecify.annotations.Nullable;

/**
 * A pairing, or one try of it, that brought no key. The message says what happened and what to do;
 * it can be shown to the user. It never contains the code.
 */
public final class PairingException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** Why there is no key. More reasons may be added; treat an unknown one as {@link #OTHER}. */
  public enum Reason {
    /** The codes differ: a slip of the finger, or somebody between the two. */
    WRONG_CODE,
    /** The code was not used in time. */
    EXPIRED,
    /** The code was tried as often as it may be, or the tries could not be told from an attack. */
    TOO_MANY_TRIES,
    /** Somebody else is pairing with the same code at this moment. */
    BUSY,
    /** The other side shows another code by now, or none. */
    CODE_OVER,
    /** Nobody could be reached who shows a code. */
    NOT_THERE,
    /** The other side went away, or the connection broke. */
    PEER_GONE,
    /** The other side said nothing for too long. */
    TIMED_OUT,
    /** The other side pairs in a way that this version does not know. */
    VERSION,
    /** The other side broke the rules, or was tampered with on the way. */
    PROTOCOL_ERROR,
    /** None of the others. */
    OTHER
  }

  private final Reason reason;

  PairingException(Reason reason, String message) {
    this(reason, message, null);
  }

  PairingException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why there is no key. */
  public Reason reason() {
    return reason;
  }

  /** Whether the same code may work in a moment: only if somebody else was before us. */
  @Override
  public boolean isTransient() {
    return reason == Reason.BUSY;
  }
}
