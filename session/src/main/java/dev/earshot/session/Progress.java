package dev.earshot.session;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How far a transfer has come. Immutable.
 *
 * @param transferred the bytes that have been moved
 * @param total the bytes there are, if known
 * @param elapsed the time since the first byte
 */
public record Progress(long transferred, OptionalLong total, Duration elapsed) {
  /** The part that has been moved, 0 to 1; 0 if the total is not known. */
  public double fraction() {
    if (total.isEmpty()) {
      return 0;
    }
    return total.getAsLong() == 0 ? 1 : (double) transferred / total.getAsLong();
  }

  /** The mean rate so far, in bytes a second. */
  public double bytesPerSecond() {
    long nanos = elapsed.toNanos();
    return nanos == 0 ? 0 : transferred * 1e9 / nanos;
  }
}
