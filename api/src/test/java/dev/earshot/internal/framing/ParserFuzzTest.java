package dev.earshot.internal.framing;

import dev.earshot.testing.Fuzzing;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short run of this package's fuzz target. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ParserFuzzTest {
  private static final int MUTATIONS = 5_000;

  @Test
  void framedMessagesAreReadWhateverTheyAre() throws Exception {
    new Fuzzing(FrameReaderFuzz.class, FrameReaderFuzz::fuzzerTestOneInput, FrameReaderFuzz.seeds())
        .run(MUTATIONS);
  }
}
