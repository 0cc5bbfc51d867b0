package dev.earshot;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * A connection that the peer has ended in order, with a farewell: everything that it sent has
 * arrived. Whether to connect again is the program's decision: the peer meant to end it.
 */
public final class ClosedByPeerException extends NetworkException {
  private static final long serialVersionUID = 1L;
  private static final int NO_CODE = 0;

  private final int closeCode;
  private final String reason;

  /**
   * An exception whose message says what was tried, with whom, and what happened.
   *
   * @param closeCode the status code of the peer's close frame, if there was one
   * @param reason what the peer said, empty if nothing
   */
  public ClosedByPeerException(String message, OptionalInt closeCode, String reason) {
    super(message);
    this.closeCode = closeCode.orElse(NO_CODE);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** The status code of the peer's close frame (RFC 6455, section 7.4), if there was one. */
  public OptionalInt closeCode() {
    return closeCode == NO_CODE ? OptionalInt.empty() : OptionalInt.of(closeCode);
  }

  /**
   * The reason in the peer's close frame, empty if there was none: the peer's own words, at most
   * 123 bytes of UTF-8, in which anything may stand.
   */
  public String reason() {
    return reason;
  }
}
