package dev.earshot;

import org.jspecify.annotations.Nullable;

/** An operation that was outstanding when its handle was cancelled or its network closed. */
public final class CancelledException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public CancelledException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public CancelledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
