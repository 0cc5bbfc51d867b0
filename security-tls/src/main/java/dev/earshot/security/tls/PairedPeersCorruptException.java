package dev.earshot.security.tls;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that should be a list of paired peers, and is not, or not a whole one. It has been left as
 * it is: nothing is written to it until somebody has looked.
 */
public final class PairedPeersCorruptException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A path is not serializable in itself. */
  private final String file;

  PairedPeersCorruptException(Path file, String what) {
    this(file, what, null);
  }

  PairedPeersCorruptException(Path file, String what, @Nullable Throwable cause) {
    super(
        file
            + " is no list of paired peers: "
            + what
            + ". It was left as it is: bring back a copy, or move it away and pair again",
        cause);
    this.file = file.toString();
  }

  /** The file. */
  public Path file() {
    return Path.of(file);
  }
}
