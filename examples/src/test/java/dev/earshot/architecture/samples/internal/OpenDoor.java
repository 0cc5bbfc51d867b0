package dev.earshot.architecture.samples.internal;

/** Could be extended. */
class OpenDoor {
  private OpenDoor() {}
}
