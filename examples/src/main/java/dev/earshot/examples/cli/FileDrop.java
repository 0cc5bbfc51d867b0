package dev.earshot.examples.cli;

import dev.earshot.ServiceType;
import dev.earshot.session.Progress;
import java.util.Locale;

/** What {@code send} and {@code receive} agree on. */
final class FileDrop {
  /** Receivers advertise it; senders look for it. */
  static final ServiceType TYPE = ServiceType.tcp("earshot-files");

  /** The key in a receiver's TXT record, by which senders tell it from other senders. */
  static final String RECEIVES = "receives";

  private FileDrop() {}

  /** For instance {@code 135.9 MB in 0.6 s, 226.5 MB/s}. */
  static String summary(Progress progress) {
    return String.format(
        Locale.ROOT,
        "%s MB in %.1f s, %.1f MB/s",
        ProgressBar.megabytes(progress.transferred()),
        progress.elapsed().toMillis() / 1e3,
        progress.bytesPerSecond() / 1e6);
  }
}
