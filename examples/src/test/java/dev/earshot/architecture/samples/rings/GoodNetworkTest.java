package dev.earshot.architecture.samples.rings;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Breaks nothing. */
@Tag("network")
final class GoodNetworkTest {
  @Test
  void touchesTheNetwork() throws IOException {
    new TestServer().port();
  }
}
