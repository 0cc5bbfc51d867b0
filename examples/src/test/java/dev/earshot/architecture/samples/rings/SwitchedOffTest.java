package dev.earshot.architecture.samples.rings;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/** Says nothing about the code. */
final class SwitchedOffTest {
  @Test
  @Disabled
  void neverRuns() {}
}
