package dev.earshot.session.internal;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.Farewell;
import dev.earshot.session.internal.wire.Words;
import java.util.Optional;

/**
 * How a connection ended. Immutable.
 *
 * @param farewell what was said last, if anything
 * @param byPeer whether the peer said it
 * @param cause what the user is told; empty if either side ended it on purpose
 */
record Ending(Optional<Farewell> farewell, boolean byPeer, Optional<NetworkException> cause) {

  /** It failed without a word. */
  static Ending lost(NetworkException cause) {
    return new Ending(Optional.empty(), true, Optional.of(cause));
  }

  /** This side said {@code farewell}. */
  static Ending said(Farewell farewell, NetworkException cause) {
    return new Ending(Optional.of(farewell), false, Optional.of(cause));
  }

  /** This side said {@code farewell}, on purpose. */
  static Ending said(Farewell farewell) {
    return new Ending(Optional.of(farewell), false, Optional.empty());
  }

  /** The other side of {@code link} said {@code goodbye}. */
  static Ending heard(Body.Goodbye goodbye, Link link) {
    return new Ending(Optional.of(goodbye.code()), true, cause(goodbye, link));
  }

  boolean is(Farewell code) {
    return farewell.isPresent() && farewell.get() == code;
  }

  /** Whether dialling the same place again can only lead to the same. */
  boolean isFinal() {
    if (is(Farewell.SELF) || is(Farewell.VERSION) || is(Farewell.DISCONNECTED)) {
      return true;
    }
    return cause.isPresent()
        && cause.get() instanceof HandshakeException handshake
        && isFinal(handshake.reason());
  }

  private static boolean isFinal(Reason reason) {
    return switch (reason) {
      case WRONG_KEY,
          UNKNOWN_IDENTITY,
          PLAINTEXT_PEER,
          TLS_PEER,
          PROTOCOL_VERSION,
          NO_COMMON_SUITE,
          NOT_TRUSTED,
          NOT_TRUSTED_BY_PEER,
          NO_CERTIFICATE,
          CERTIFICATE_EXPIRED ->
          true;
      default -> false;
    };
  }

  private static Optional<NetworkException> cause(Body.Goodbye goodbye, Link link) {
    boolean carrying = link.stage == Link.Stage.CARRYING;
    if (carrying) {
      return switch (goodbye.code()) {
        case LEAVING, DISCONNECTED -> Optional.empty();
        default -> Optional.of(new ConnectionLostException(words(goodbye, link.endpoint)));
      };
    }
    return Optional.of(
        new HandshakeException(reason(goodbye.code()), words(goodbye, link.endpoint)));
  }

  private static Reason reason(Farewell code) {
    return switch (code) {
      case VERSION -> Reason.PROTOCOL_VERSION;
      case PROTOCOL_ERROR -> Reason.PROTOCOL_ERROR;
      case TIMED_OUT -> Reason.TIMED_OUT;
      case TOO_MANY_PEERS -> Reason.TOO_MANY;
      case NOT_TRUSTED, NOT_YOUR_ID -> Reason.NOT_TRUSTED_BY_PEER;
      case LEAVING, DISCONNECTED -> Reason.CLOSED;
      case SELF -> Reason.SELF;
      default -> Reason.OTHER;
    };
  }

  private static String words(Body.Goodbye goodbye, Endpoint endpoint) {
    String what =
        switch (goodbye.code()) {
          case LEAVING -> "it was leaving";
          case DISCONNECTED -> "it does not want to be connected";
          case DUPLICATE -> "it has another connection with this peer";
          case SELF -> "it has the same id as this peer, or is this peer itself";
          case VERSION -> "it speaks other versions of the protocol";
          case PROTOCOL_ERROR -> "it found a violation of the protocol";
          case TIMED_OUT -> "it had heard nothing for too long";
          case TOO_MANY_PEERS -> "it has as many peers as it allows";
          case NOT_TRUSTED -> "it does not trust this side's certificate";
          case NOT_YOUR_ID -> "this side's id is not that of its certificate's key";
          case UNSPECIFIED -> "it gave no reason";
        };
    String text = Words.printable(goodbye.text());
    return endpoint + " said goodbye: " + what + (text.isEmpty() ? "" : " (" + text + ")");
  }
}
