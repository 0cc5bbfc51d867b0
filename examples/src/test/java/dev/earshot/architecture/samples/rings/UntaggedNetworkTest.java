package dev.earshot.architecture.samples.rings;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** May touch the network, but cannot be left out by tag. */
final class UntaggedNetworkTest {
  @Test
  void touchesTheNetwork() throws IOException {
    new TestServer().port();
  }
}
