package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * A connection that was ready and ended without a farewell: reset, silent for too long, or cut in
 * the middle of a message. What had been handed over but not acknowledged may or may not have
 * arrived. A peer that says farewell ends it with {@link ClosedByPeerException} instead.
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
