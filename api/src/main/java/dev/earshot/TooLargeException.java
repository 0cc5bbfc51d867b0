package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * A message, datagram, header or queue that exceeds a stated limit. The message names the limit and
 * the option that sets it.
 */
public final class TooLargeException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public TooLargeException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public TooLargeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
