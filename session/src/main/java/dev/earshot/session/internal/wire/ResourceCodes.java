package dev.earshot.session.internal.wire;

import dev.earshot.session.ResourceException.Code;
import java.util.Optional;

/** The codes of failed transfers and their numbers on the wire. */
final class ResourceCodes {
  /** In the order of their numbers, from 1. */
  private static final Code[] BY_NUMBER = {
    Code.DECLINED,
    Code.CANCELLED,
    Code.NO_SPACE,
    Code.IO_ERROR,
    Code.DIGEST_MISMATCH,
    Code.SOURCE_CHANGED,
    Code.PEER_LOST,
    Code.TIMED_OUT,
    Code.LIMIT
  };

  private ResourceCodes() {}

  /** The failure with {@code number}: none for 0, IO_ERROR for one that is not known. */
  static Optional<Code> of(int number) {
    if (number == 0) {
      return Optional.empty();
    }
    boolean known = number > 0 && number <= BY_NUMBER.length;
    return Optional.of(known ? BY_NUMBER[number - 1] : Code.IO_ERROR);
  }

  /** The number of {@code code}. */
  static int number(Code code) {
    for (int i = 0; i < BY_NUMBER.length; i++) {
      if (BY_NUMBER[i] == code) {
        return i + 1;
      }
    }
    throw new IllegalArgumentException(code + " has no number");
  }
}
