package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * An endpoint that could not be reached: refused, timed out, no route, or no link that the
 * parameters allow. A connection keeps such a failure as the reason of {@link
 * Connection.State.Waiting}.
 */
public final class UnreachableException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public UnreachableException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public UnreachableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isTransient() {
    return true;
  }
}
