package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * A send that was refused because too much is waiting to be sent already.
 *
 * <p>Wait for the future of an earlier send, or use {@link Connection#trySend}; the limit is {@link
 * Parameters#sendLimit()}. Nothing of the refused content was sent.
 */
public final class BackPressureException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public BackPressureException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public BackPressureException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isTransient() {
    return true;
  }
}
