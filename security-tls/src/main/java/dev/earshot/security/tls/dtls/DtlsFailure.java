package dev.earshot.security.tls.dtls;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/**
 * Why a handshake failed: what happened, what it means to a user, and which alert tells the peer.
 * Immutable. The message says what happened; with whom is added by {@link #explain}.
 */
final class DtlsFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** No alert is sent. */
  static final int SILENT = -1;

  private final Reason reason;
  private final int alert;

  DtlsFailure(Reason reason, int alert, String message) {
    this(reason, alert, message, null);
  }

  DtlsFailure(Reason reason, int alert, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.alert = alert;
  }

  /** Something on this side threw {@code mistake}: no peer may stop the loop with it. */
  static DtlsFailure here(RuntimeException mistake) {
    return new DtlsFailure(
        Reason.OTHER,
        AlertDescription.internal_error,
        "the handshake failed here: " + mistake,
        mistake);
  }

  /** The description of the alert that tells the peer, or {@link #SILENT}. */
  int alert() {
    return alert;
  }

  /** The exception for the user. */
  HandshakeException explain(String peer) {
    return new HandshakeException(reason, "DTLS with " + peer + ": " + getMessage(), this);
  }
}
