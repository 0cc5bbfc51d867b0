package dev.earshot.session.internal;

import dev.earshot.session.internal.resource.FileNamesFuzz;
import dev.earshot.session.internal.wire.EnvelopeFuzz;
import dev.earshot.testing.Fuzzing;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short run of this module's fuzz targets. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ParserFuzzTest {
  private static final int MUTATIONS = 5_000;

  @Test
  void envelopesAreReadOrRefusedWhateverTheyAre() throws Exception {
    new Fuzzing(EnvelopeFuzz.class, EnvelopeFuzz::fuzzerTestOneInput, EnvelopeFuzz.seeds())
        .run(MUTATIONS);
  }

  @Test
  void namesOfFilesStayInTheirFolderWhateverTheyAre() throws Exception {
    new Fuzzing(FileNamesFuzz.class, FileNamesFuzz::fuzzerTestOneInput, FileNamesFuzz.seeds())
        .run(MUTATIONS);
  }
}
