package dev.earshot.transport.netty;

import io.netty.util.internal.PlatformDependent;

/** Where QUIC's native library comes from. */
final class QuicLibrary {
  private QuicLibrary() {}

  /** What to do where it is missing. */
  static String missing() {
    return "QUIC needs a native library that is not there: add io.netty:netty-codec-native-quic"
        + " with the classifier "
        + classifier()
        + ", in the version of the other artifacts of Netty";
  }

  /** As Maven's artifacts are called: {@code linux-x86_64}. */
  static String classifier() {
    return PlatformDependent.normalizedOs() + "-" + PlatformDependent.normalizedArch();
  }
}
