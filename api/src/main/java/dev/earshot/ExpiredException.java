package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * Content that waited longer to be sent than {@link SendOptions#expiry()} allows, and was dropped.
 * Nothing of it was sent; the connection goes on.
 */
public final class ExpiredException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public ExpiredException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public ExpiredException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isTransient() {
    return true;
  }
}
