package dev.earshot.architecture.samples.internal;

/** Says nothing. */
final class ReceiveManager {
  private ReceiveManager() {}
}
