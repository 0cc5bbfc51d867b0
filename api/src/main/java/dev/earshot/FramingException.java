package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * Bytes from the peer that break the rules of the protocol: a malformed frame, invalid UTF-8, a
 * length out of bounds. The connection that carried them ends; but not where only a {@link Coder}
 * refuses them.
 */
public final class FramingException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public FramingException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public FramingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
