package dev.earshot.transport.netty;

import io.netty.channel.epoll.Epoll;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The kinds of transport that this computer can test. */
final class Natives {
  private Natives() {}

  static Stream<String> names() {
    return Epoll.isAvailable() ? Stream.of("nio", "epoll") : Stream.of("nio");
  }

  /** Skips the test if {@code name} is not within reach. */
  static void assume(String name) {
    Assumptions.assumeTrue(names().anyMatch(name::equals), name + " is not available");
  }
}
