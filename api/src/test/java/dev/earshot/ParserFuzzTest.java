package dev.earshot;

import dev.earshot.testing.Fuzzing;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short run of this module's fuzz targets. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ParserFuzzTest {
  private static final int MUTATIONS = 5_000;

  @Test
  void txtRecordsAreReadWhateverTheyAre() throws Exception {
    new Fuzzing(TxtRecordFuzz.class, TxtRecordFuzz::fuzzerTestOneInput, TxtRecordFuzz.seeds())
        .run(MUTATIONS);
  }

  @Test
  void textIsTakenOrRefusedWhateverItIs() throws Exception {
    new Fuzzing(TextFormsFuzz.class, TextFormsFuzz::fuzzerTestOneInput, TextFormsFuzz.seeds())
        .run(MUTATIONS);
  }

  @Test
  void fragmentsAreJoinedOrDroppedWhateverTheyAre() throws Exception {
    new Fuzzing(FragmentFuzz.class, FragmentFuzz::fuzzerTestOneInput, FragmentFuzz.seeds())
        .run(MUTATIONS);
  }
}
