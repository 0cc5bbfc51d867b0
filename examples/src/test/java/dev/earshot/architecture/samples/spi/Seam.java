package dev.earshot.architecture.samples.spi;

import dev.earshot.architecture.samples.Ring;

/** The other half. */
public interface Seam {
  Ring ring();
}
