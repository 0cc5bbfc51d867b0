package dev.earshot;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something the network, or the peer, did not do.
 *
 * <p>The message says what was tried, with whom, and what happened. There is one subtype for each
 * thing that a caller would do differently. Mistakes of the caller are not network exceptions: they
 * are thrown at the call, as {@link IllegalArgumentException} or {@link IllegalStateException}.
 */
public class NetworkException extends Exception {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public NetworkException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public NetworkException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** What was tried, with whom, and what happened; never null. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  /**
   * Whether trying the same again may succeed without anything else being changed.
   *
   * <p>False unless a subtype says otherwise.
   */
  public boolean isTransient() {
    return false;
  }
}
