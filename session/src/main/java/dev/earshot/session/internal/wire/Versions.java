package dev.earshot.session.internal.wire;

import java.util.OptionalInt;

/**
 * A range of protocol versions. Immutable.
 *
 * @param minimum the oldest
 * @param maximum the newest
 */
public record Versions(int minimum, int maximum) {
  /** What this code speaks. */
  public static final Versions SPOKEN = new Versions(1, 1);

  /** Checks that the range is not empty. */
  public Versions {
    if (minimum < 1 || maximum < minimum) {
      throw new IllegalArgumentException("no versions from " + minimum + " to " + maximum);
    }
  }

  /** The newest version in both ranges, if there is one. */
  public OptionalInt common(Versions other) {
    int newest = Math.min(maximum, other.maximum);
    return newest >= Math.max(minimum, other.minimum)
        ? OptionalInt.of(newest)
        : OptionalInt.empty();
  }

  @Override
  public String toString() {
    return minimum == maximum ? "version " + minimum : "versions " + minimum + " to " + maximum;
  }
}
