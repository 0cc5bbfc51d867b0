package dev.earshot.examples.cli;

import dev.earshot.session.Progress;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows how far a transfer has come: a bar that is drawn over and over on a terminal, and a line
 * for each quarter elsewhere. Not safe for several threads.
 */
final class ProgressBar {
  private static final int WIDTH = 30;
  private static final int QUARTERS = 4;

  private final PrintStream out;
  private final String label;
  private final boolean terminal;
  private int quarter;
  private int drawn;

  ProgressBar(PrintStream out, String label) {
    this(out, label, System.console() != null);
  }

  ProgressBar(PrintStream out, String label, boolean terminal) {
    this.out = out;
    this.label = label;
    this.terminal = terminal;
  }

  void show(Progress progress) {
    if (terminal) {
      String line = "\r" + bar(progress.fraction()) + " " + describe(progress);
      out.print(line + " ".repeat(Math.max(0, drawn - line.length())));
      out.flush();
      drawn = line.length();
    } else if ((int) (progress.fraction() * QUARTERS) > quarter) {
      quarter = (int) (progress.fraction() * QUARTERS);
      out.println(label + ": " + describe(progress));
    }
  }

  /** Leaves the line on which the bar was drawn. */
  void end() {
    if (drawn > 0) {
      out.println();
      drawn = 0;
    }
  }

  /** For instance {@code 45 %, 61.2 of 135.9 MB, 210.4 MB/s}. */
  static String describe(Progress progress) {
    String moved = megabytes(progress.transferred());
    String amount =
        progress.total().isPresent()
            ? String.format(
                Locale.ROOT,
                "%3.0f %%, %s of %s MB",
                Math.floor(progress.fraction() * 100),
                moved,
                megabytes(progress.total().getAsLong()))
            : moved + " MB";
    return String.format(Locale.ROOT, "%s, %.1f MB/s", amount, progress.bytesPerSecond() / 1e6);
  }

  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
  }

  private static String bar(double fraction) {
    int full = (int) (fraction * WIDTH);
    return "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "]";
  }
}
