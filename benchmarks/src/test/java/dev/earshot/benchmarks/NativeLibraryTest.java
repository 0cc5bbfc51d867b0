package dev.earshot.benchmarks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
  @Test
  void saysWhoNeedsItWhereItComesFromAndWhyItDoesNotLoad() {
    NativeLibrary missing =
        new NativeLibrary("a.group:artifact", () -> Optional.of(new UnsatisfiedLinkError("no x")));

    assertThatExceptionOfType(MissingLibraryException.class)
        .isThrownBy(() -> missing.require("netty-quic"))
        .withMessageContainingAll("netty-quic", "a.group:artifact", "no x")
        .withCauseInstanceOf(UnsatisfiedLinkError.class);
  }

  @Test
  void isNoObstacleWhereItLoads() {
    NativeLibrary there = new NativeLibrary("a.group:artifact", Optional::empty);

    assertThatCode(() -> there.require("netty-quic")).doesNotThrowAnyException();
  }
}
