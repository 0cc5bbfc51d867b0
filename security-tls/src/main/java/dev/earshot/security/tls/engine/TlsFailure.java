package dev.earshot.security.tls.engine;

import dev.earshot.ConnectionLostException;
import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import javax.net.ssl.SSLException;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection's protection failed: what happened, what it means to a user, and which alert
 * tells the peer. Immutable.
 *
 * <p>The message says what happened; with whom is added by {@link #explain}.
 */
public final class TlsFailure extends SSLException {
  private static final long serialVersionUID = 1L;

  /** No alert is sent. */
  public static final int SILENT = -1;

  /** What a failure means to a user. */
  private enum Kind {
    HANDSHAKE,
    CORRUPTED,
    LOST
  }

  private final Kind kind;
  private final HandshakeException.Reason reason;
  private final int alert;

  private TlsFailure(
      Kind kind,
      HandshakeException.Reason reason,
      int alert,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.reason = reason;
    this.alert = alert;
  }

  /** No protected connection came about. */
  public static TlsFailure handshake(
      HandshakeException.Reason reason, int alert, String message, @Nullable Throwable cause) {
    return new TlsFailure(Kind.HANDSHAKE, reason, alert, message, cause);
  }

  /** The handshake came upon a mistake of this program. */
  public static TlsFailure internal(Throwable cause) {
    return handshake(
        HandshakeException.Reason.OTHER,
        AlertDescription.internal_error,
        "the handshake failed here: " + cause,
        cause);
  }

  /** Bytes arrived that are not what the peer protected, or break the rules. */
  public static TlsFailure corrupted(int alert, String message, @Nullable Throwable cause) {
    return new TlsFailure(
        Kind.CORRUPTED, HandshakeException.Reason.PROTOCOL_ERROR, alert, message, cause);
  }

  /** The connection ended without the peer's farewell. */
  public static TlsFailure lost(int alert, String message) {
    return new TlsFailure(Kind.LOST, HandshakeException.Reason.OTHER, alert, message, null);
  }

  /** The description of the alert that tells the peer, or {@link #SILENT}. */
  public int alert() {
    return alert;
  }

  /** Why the handshake failed; of use only for failures of handshakes. */
  public HandshakeException.Reason reason() {
    return reason;
  }

  /** The exception for the user. */
  public NetworkException explain(String peer) {
    switch (kind) {
      case HANDSHAKE:
        return new HandshakeException(reason, "TLS with " + peer + ": " + getMessage(), this);
      case CORRUPTED:
        return new FramingException("TLS with " + peer + ": " + getMessage(), this);
      default:
        return new ConnectionLostException("TLS with " + peer + ": " + getMessage(), this);
    }
  }
}
