package dev.earshot.security.tls;

import dev.earshot.CancelledException;
import dev.earshot.FramingException;
import dev.earshot.NetworkException;
import dev.earshot.security.tls.PairingException.Reason;
import dev.earshot.security.tls.pairing.Message;
import java.util.concurrent.CompletionException;

/** What went wrong in an exchange, in the words for the side that it is told on. */
final class Failures {
  private Failures() {}

  /** What is inside the wrapping that futures put around it. */
  static Throwable unwrap(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** What {@code thrown} means in the middle of an exchange with {@code peer}. */
  static NetworkException inExchange(Object peer, Throwable thrown) {
    Throwable cause = unwrap(thrown);
    if (cause instanceof PairingException || cause instanceof CancelledException) {
      return (NetworkException) cause;
    }
    if (cause instanceof FramingException broken) {
      return new PairingException(
          Reason.PROTOCOL_ERROR,
          "pairing with "
              + peer
              + ": it broke the rules, or somebody changed what it said ("
              + broken.getMessage()
              + "). Look whether it is the right program, and pair again with a new code",
          broken);
    }
    if (cause instanceof NetworkException lost) {
      return gone(peer, lost);
    }
    return new PairingException(
        Reason.OTHER,
        "pairing with " + peer + ": " + cause + ". Pair again with a new code",
        cause);
  }

  static PairingException gone(Object peer, NetworkException cause) {
    return new PairingException(
        Reason.PEER_GONE,
        "pairing with "
            + peer
            + ": the connection was lost ("
            + cause.getMessage()
            + "). Pair again; if that does not help, with a new code",
        cause);
  }

  static PairingException hungUp(Object peer) {
    return new PairingException(
        Reason.PEER_GONE,
        "pairing with "
            + peer
            + ": the other side ended it. Its code may be too old: pair again with a new code");
  }

  static PairingException silent(Object peer) {
    return new PairingException(
        Reason.TIMED_OUT,
        "pairing with "
            + peer
            + ": it said nothing for too long. Pair again; if that does not help, with a new code");
  }

  static PairingException notThere(Object peer, NetworkException cause) {
    return new PairingException(
        Reason.NOT_THERE,
        "pairing with "
            + peer
            + ": nobody who shows a code was reached ("
            + cause.getMessage()
            + "). Look whether the other side still shows its code, and is on the same network",
        cause);
  }

  static PairingException wrongCodeTyped(Object peer) {
    return new PairingException(
        Reason.WRONG_CODE,
        "pairing with "
            + peer
            + ": the code is not the one that it shows. Look at it and type it again. If it was"
            + " right, somebody between the two made a guess: they have no key, but use another"
            + " network");
  }

  static PairingException wrongCodeShown(Object peer, int triesLeft) {
    return new PairingException(
        Reason.WRONG_CODE,
        peer
            + " tried a wrong code; "
            + left(triesLeft)
            + ". If nobody mistyped it, somebody else is guessing");
  }

  static PairingException noTriesLeft() {
    return new PairingException(
        Reason.TOO_MANY_TRIES,
        "the code was tried as often as it may be. Show a new one; if nobody mistyped it, somebody"
            + " else was guessing");
  }

  static PairingException expired() {
    return new PairingException(
        Reason.EXPIRED,
        "nobody typed the code within "
            + Pairing.CODE_LIFE.toMinutes()
            + " minutes. Show a new one");
  }

  static PairingException refused(Object peer, Message.Reason reason) {
    String who = "pairing with " + peer + ": ";
    return switch (reason) {
      case WRONG_CODE -> wrongCodeTyped(peer);
      case BUSY ->
          new PairingException(
              Reason.BUSY,
              who + "somebody else is pairing with it at this moment. Type the code again");
      case OVER ->
          new PairingException(
              Reason.CODE_OVER, who + "its code is no longer good. Have it show a new one");
      case VERSION ->
          new PairingException(
              Reason.VERSION, who + "it does not know this way of pairing. Update the older side");
      default -> new PairingException(Reason.OTHER, who + "it refused. Try again with a new code");
    };
  }

  static PairingException unknownVersion(Object peer) {
    return new PairingException(
        Reason.VERSION,
        peer + " pairs in a way that is not known here. Update the older of the two sides");
  }

  static String left(int tries) {
    return switch (tries) {
      case 0 -> "no tries are left";
      case 1 -> "one try is left";
      default -> tries + " tries are left";
    };
  }
}
