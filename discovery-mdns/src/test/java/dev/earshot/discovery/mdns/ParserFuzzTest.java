package dev.earshot.discovery.mdns;

import dev.earshot.testing.Fuzzing;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short run of this module's fuzz targets. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ParserFuzzTest {
  private static final int PACKETS = 5_000;
  private static final int SERIES = 300;

  @Test
  void packetsAreReadOrDroppedWhateverTheyAre() throws Exception {
    new Fuzzing(MdnsPacketFuzz.class, MdnsPacketFuzz::fuzzerTestOneInput, MdnsPacketFuzz.seeds())
        .run(PACKETS);
  }

  @Test
  void browsingGoesOnWhateverIsHeard() throws Exception {
    new Fuzzing(MdnsBrowseFuzz.class, MdnsBrowseFuzz::fuzzerTestOneInput, MdnsBrowseFuzz.seeds())
        .run(SERIES);
  }
}
