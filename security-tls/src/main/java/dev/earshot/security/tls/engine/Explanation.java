package dev.earshot.security.tls.engine;

import dev.earshot.ConnectionLostException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a failure of an engine, or of the stream under it, means to a user. */
public final class Explanation {
  /** How Netty's handler begins its message when it meets something else than TLS. */
  private static final String NOT_TLS = "not an SSL/TLS record";

  private Explanation() {}

  /** The exception for a user about {@code cause}, thrown by or under {@code engine}. */
  public static NetworkException of(Throwable cause, TlsEngine engine, String peer) {
    TlsFailure known = known(cause, engine);
    if (known != null) {
      return known.explain(peer);
    }
    String with = "TLS with " + peer + ": ";
    if (engine.isOpen()) {
      return new ConnectionLostException(with + "the connection broke: " + words(cause), cause);
    }
    String message = String.valueOf(cause.getMessage());
    if (message.startsWith(NOT_TLS)) {
      return new HandshakeException(
          Reason.PLAINTEXT_PEER,
          with + "the peer does not speak TLS; secure both sides, or none",
          cause);
    }
    if (cause.getClass().getSimpleName().contains("Timeout")) {
      return new HandshakeException(
          Reason.TIMED_OUT, with + "the peer did not answer in time: " + words(cause), cause);
    }
    if (cause instanceof IOException) {
      return new HandshakeException(
          Reason.CLOSED,
          with + "the connection broke during the handshake: " + words(cause),
          cause);
    }
    return new HandshakeException(
        Reason.OTHER, with + "the handshake failed: " + words(cause), cause);
  }

  /** What happened, without the names of classes, which are nobody's business but ours. */
  private static String words(Throwable cause) {
    String text = cause.getMessage();
    if (text == null) {
      return cause instanceof IOException ? "closed" : "for a reason that has no name";
    }
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("reset") || lower.contains("broken pipe") ? "reset" : text;
  }

  /** What the engine threw, however it was wrapped, or what it has noticed. */
  private static @Nullable TlsFailure known(Throwable cause, TlsEngine engine) {
    for (Throwable next = cause; next != null; next = next.getCause()) {
      if (next instanceof TlsFailure failure) {
        return failure;
      }
    }
    return engine.failure();
  }
}
