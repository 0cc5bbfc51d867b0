package dev.earshot.examples.cli;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the libraries under Earshot from writing to a person's terminal; Earshot's own warnings
 * stay.
 */
final class QuietLibraries {
  // java.util.logging forgets the level of a logger that nobody holds on to.
  private static final List<Logger> HELD =
      List.of(Logger.getLogger("org.bouncycastle"), Logger.getLogger("io.netty"));

  private QuietLibraries() {}

  static void install() {
    HELD.forEach(logger -> logger.setLevel(Level.SEVERE));
    if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    }
  }
}
