package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * Something that this platform, or the providers at hand, cannot do. The message names what is
 * missing, and the artifact to add where there is one. {@link Network#supports} tells beforehand.
 */
public final class UnsupportedException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public UnsupportedException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public UnsupportedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
