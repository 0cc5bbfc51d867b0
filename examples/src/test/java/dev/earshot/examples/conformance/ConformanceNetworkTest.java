package dev.earshot.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of the Autobahn Testsuite, as far as RFC 6455 alone decides them, played byte for byte
 * to the two programs that the suite would be run against: in both roles, and strictly.
 */
@Tag("network")
class ConformanceNetworkTest {
  private static Network network;
  private static Listener listener;

  @BeforeAll
  static void open() throws Exception {
    network = Network.open();
    listener = EchoServer.listen(network, InetAddress.getLoopbackAddress(), 0);
    listener.ready().get(10, TimeUnit.SECONDS);
  }

  @AfterAll
  static void close() {
    network.close();
  }

  static Stream<Script> cases() {
    return Stream.of(FramingCases.all(), Utf8Cases.all(), ClosingCases.all(), LimitCases.some())
        .flatMap(List::stream);
  }

  static Stream<Script> limits() {
    return LimitCases.all().stream();
  }

  private static int port() {
    return listener.port().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theListenerPasses(Script script) throws Exception {
    playToListener(script);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theConnectionPasses(Script script) throws Exception {
    playToConnection(script);
  }

  @Tag("soak")
  @ParameterizedTest
  @MethodSource("limits")
  void bothPassWithinTheirLimits(Script script) throws Exception {
    playToListener(script);
    playToConnection(script);
  }

  private static void playToListener(Script script) throws IOException {
    try (FramePeer peer = FramePeer.connect(port())) {
      script.play(peer);
    }
  }

  private static void playToConnection(Script script) throws Exception {
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> over = FuzzedClient.echo(network, to(door), "/");
      try (FramePeer peer = FramePeer.accept(door.accept())) {
        script.play(peer);
      }
      over.get(10, TimeUnit.SECONDS);
    }
  }

  private static Endpoint to(ServerSocket door) {
    return Endpoint.hostPort("127.0.0.1", door.getLocalPort());
  }

  /** Sections 12 and 13: compression is neither agreed to nor asked for. */
  @Test
  void compressionIsDeclined() throws Exception {
    String offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    try (FramePeer peer = FramePeer.connect(port(), offer)) {
      assertThat(peer.head()).doesNotContainIgnoringCase("extensions");
      new Script("12", "declined").sends(Frame.text("x")).hears(Frame.text("x")).play(peer);
      new Script("12", "compressed")
          .sends(Frame.of(Frame.FINAL | 0x40 | Frame.TEXT, "x"))
          .isFailedWith(1002)
          .play(peer);
    }
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Connection connection = network.connection(to(door), EchoServer.PARAMETERS).start()) {
      CompletableFuture<Connection> ready = connection.ready();
      try (FramePeer peer = FramePeer.accept(door.accept(), offer.replace("; client_", "; x_"))) {
        assertThat(peer.head()).doesNotContainIgnoringCase("extensions");
        assertThat(ready).failsWithin(10, TimeUnit.SECONDS);
      }
    }
  }

  /** RFC 6455, section 7.1.1: the connecting side waits for the other to end TCP, for a while. */
  @Test
  void theConnectionWaitsForTheServerToEndTcpAndNotForEver() throws Exception {
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (Frame last : List.of(Frame.close(1000), Frame.of(0xFF, ""))) {
        boolean waited = false;
        for (int tries = 0; tries < 5 && !waited; tries++) { // a busy computer may come too late
          waited = isWaitedForAfter(last, door);
        }
        assertThat(waited).as("for a part of a second").isTrue();
      }
    }
  }

  private static boolean isWaitedForAfter(Frame last, ServerSocket door) throws Exception {
    FuzzedClient.echo(network, to(door), "/");
    try (FramePeer peer = FramePeer.accept(door.accept())) {
      peer.send(last);
      assertThat(peer.read().first()).isEqualTo(Frame.FINAL | Frame.CLOSE);
      boolean waited = peer.isSilentFor(300);
      assertThat(peer.isSilentFor(FramePeer.PATIENCE_MILLIS)).isFalse();
      return waited;
    }
  }
}
