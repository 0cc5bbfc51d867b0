package dev.earshot.transport.netty;

import dev.earshot.testing.Fuzzing;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The short run of this module's fuzz targets. */
class ParserFuzzTest {
  private static final int MUTATIONS = 3_000;

  static Stream<Fuzzing> targets() throws IOException {
    return Stream.of(
        new Fuzzing(
            ServerUpgradeFuzz.class,
            ServerUpgradeFuzz::fuzzerTestOneInput,
            ServerUpgradeFuzz.seeds()),
        new Fuzzing(
            ClientUpgradeFuzz.class,
            ClientUpgradeFuzz::fuzzerTestOneInput,
            ClientUpgradeFuzz.seeds()),
        new Fuzzing(
            FrameDecoderFuzz.class, FrameDecoderFuzz::fuzzerTestOneInput, FrameDecoderFuzz.seeds()),
        new Fuzzing(Utf8CheckFuzz.class, Utf8CheckFuzz::fuzzerTestOneInput, Utf8CheckFuzz.seeds()));
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void keepsItsPromisesWhateverThePeerSends(Fuzzing target) {
    target.run(MUTATIONS);
  }
}
