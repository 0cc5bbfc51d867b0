package dev.earshot.session;

import dev.earshot.NetworkException;
import org.jspecify.annotations.Nullable;

/** A transfer that did not succeed; the other side is told the same code. */
public final class ResourceException extends NetworkException {
  private static final long serialVersionUID = 1L;

  /** Why a transfer did not succeed. More codes may be added; treat an unknown one as IO_ERROR. */
  public enum Code {
    /** The receiver did not want it. */
    DECLINED,
    /** Either side gave it up. */
    CANCELLED,
    /** The receiver has not enough room. */
    NO_SPACE,
    /** Either side could not read or write. */
    IO_ERROR,
    /** What arrived is not what was sent. */
    DIGEST_MISMATCH,
    /** The file changed while it was being sent. */
    SOURCE_CHANGED,
    /** The connection with the peer ended. */
    PEER_LOST,
    /** The other side did not answer in time. */
    TIMED_OUT,
    /** More is offered or open than either side allows. */
    LIMIT
  }

  private final Code code;

  /** A failure for {@code code}, whose message says what was tried, with whom, what happened. */
  public ResourceException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Why it did not succeed. */
  public Code code() {
    return code;
  }
}
