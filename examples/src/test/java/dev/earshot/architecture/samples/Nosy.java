package dev.earshot.architecture.samples;

import dev.earshot.architecture.samples.internal.Sleeper;

/** Looks inwards, and is not the door. */
interface Nosy {
  Sleeper sleeper();
}
