package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * A name that gave no address: a host name that is not known, or a Bonjour service that nobody on
 * the searched links answers for. A connection keeps such a failure as the reason of {@link
 * Connection.State.Waiting}.
 */
public final class UnresolvedException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public UnresolvedException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public UnresolvedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isTransient() {
    return true;
  }
}
