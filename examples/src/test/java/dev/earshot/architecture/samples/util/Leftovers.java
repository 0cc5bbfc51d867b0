package dev.earshot.architecture.samples.util;

/** In a room without a purpose, of which nobody said whether it knows null. */
final class Leftovers {
  private Leftovers() {}
}
