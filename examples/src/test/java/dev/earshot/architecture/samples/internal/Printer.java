package dev.earshot.architecture.samples.internal;

/** Prints. */
final class Printer {
  private Printer() {}

  static void print() {
    System.out.println("here");
  }
}
