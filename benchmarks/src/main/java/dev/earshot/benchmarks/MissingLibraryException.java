package dev.earshot.benchmarks;

/** A contestant cannot take part, because a native library is not there or does not load. */
public final class MissingLibraryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingLibraryException(String message, Throwable cause) {
    super(message, cause);
  }
}
