package dev.earshot.transport.netty;

import io.netty.channel.epoll.Epoll;
import java.util.stream.Stream;

/** The kinds of transport that this computer can test. */
final class Natives {
  private Natives() {}

  static Stream<String> names() {
    return Epoll.isAvailable() ? Stream.of("nio", "epoll") : Stream.of("nio");
  }
}
