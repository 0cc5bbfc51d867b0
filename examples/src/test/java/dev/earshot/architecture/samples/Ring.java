package dev.earshot.architecture.samples;

import dev.earshot.architecture.samples.spi.Seam;

/** Half a cycle: the seams know this package. */
public interface Ring {
  Seam seam();
}
