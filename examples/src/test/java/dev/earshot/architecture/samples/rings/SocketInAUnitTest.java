package dev.earshot.architecture.samples.rings;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Touches the network, through another class, and its name does not say so. */
final class SocketInAUnitTest {
  @Test
  void touchesTheNetwork() throws IOException {
    new TestServer().port();
  }
}
