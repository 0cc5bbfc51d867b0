package dev.earshot.benchmarks;

import io.netty.handler.codec.quic.Quic;
import io.netty.handler.ssl.OpenSsl;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A library in machine code that some contestants cannot do without.
 *
 * @param artifact where it comes from
 * @param obstacle why it cannot be loaded here; empty when it can
 */
record NativeLibrary(String artifact, Supplier<Optional<Throwable>> obstacle) {
  static final NativeLibrary QUIC =
      new NativeLibrary(
          "io.netty:netty-codec-native-quic",
          () -> Optional.ofNullable(Quic.unavailabilityCause()));

  static final NativeLibrary BORINGSSL =
      new NativeLibrary(
          "io.netty:netty-tcnative-boringssl-static",
          () -> Optional.ofNullable(OpenSsl.unavailabilityCause()));

  /** Throws, in words for whoever runs the comparison, if it cannot be loaded here. */
  void require(String who) {
    Optional<Throwable> cause = obstacle.get();
    if (cause.isPresent()) {
      throw new MissingLibraryException(
          "%s needs the native library of %s, which does not load on %s %s: %s"
              .formatted(
                  who,
                  artifact,
                  System.getProperty("os.name"),
                  System.getProperty("os.arch"),
                  cause.get()),
          cause.get());
    }
  }

  boolean isAvailable() {
    return obstacle.get().isEmpty();
  }
}
