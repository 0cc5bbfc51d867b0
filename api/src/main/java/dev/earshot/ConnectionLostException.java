package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * A connection that was ready and ended though this side would have gone on: reset, silent for too
 * long, cut in the middle of a message, or closed by the peer, which reads see as the end of the
 * stream. What had been handed over but not acknowledged may or may not have arrived.
 */
public final class ConnectionLostException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public ConnectionLostException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public ConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isTransient() {
    return true;
  }
}
