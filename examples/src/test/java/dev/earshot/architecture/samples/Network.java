package dev.earshot.architecture.samples;

import dev.earshot.architecture.samples.internal.Sleeper;
import dev.earshot.architecture.samples.spi.Seam;

/** Breaks nothing: the one door may look inwards, and at the seams. */
public interface Network {
  Sleeper sleeper();

  Seam seam();
}
