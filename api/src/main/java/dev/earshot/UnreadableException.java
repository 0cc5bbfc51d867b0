package dev.earshot;

import org.jspecify.annotations.Nullable;

/**
 * A file that was to be sent cannot be read: it is closed, not open for reading, shorter than what
 * is to be sent of it, or its storage fails. Trying again with the same file does not help.
 *
 * <p>If nothing of it was sent, only {@link Connection#sendFile} fails with it. In the middle of a
 * file the connection fails with it too, since nothing else could tell the peer.
 */
public final class UnreadableException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** An exception whose message says what was tried, with whom, and what happened. */
  public UnreadableException(String message) {
    super(message);
  }

  /** The same, with what caused it; {@code cause} may be null. */
  public UnreadableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
