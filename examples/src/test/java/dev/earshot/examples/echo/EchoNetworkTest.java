package dev.earshot.examples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.LinkType;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.examples.group.Group;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The two sides of the README find each other, on loopback only. */
@Tag("network")
class EchoNetworkTest {
  private static final int PATIENCE_SECONDS = 20;

  private final ExecutorService queue = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    queue.shutdown();
  }

  private static NetworkLink loopback(Network network) {
    return network.links().stream()
        .filter(link -> link.type() == LinkType.LOOPBACK)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theTwoSidesOfTheReadmeWork() throws Exception {
    try (Network network = Network.open()) {
      Parameters parameters =
          Group.parameters(new SecureRandom().generateSeed(32)).toBuilder()
              .requireLink(loopback(network))
              .build();
      try (Listener listener = EchoListener.listen(network, parameters, queue)) {
        listener.ready().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(EchoConnection.hello(network, parameters)).isEqualTo("hello");
      }
    }
  }

  @Test
  void bytesComeBackToTheLastAndThenTheEnd() throws Exception {
    try (Network network = Network.open()) {
      Parameters tcp = Parameters.tcp().requireLink(loopback(network)).build();
      Listener listener = EchoListener.listen(network, tcp, queue);
      listener.ready().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      int port = listener.port().orElseThrow();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("hello");
      }
    }
  }

  @Test
  void bytesThatComeWithTheEndComeBackWithTheEnd() {
    Scripted peer =
        new Scripted(
            Received.bytes(Payload.utf8("first ")),
            new Received(Payload.utf8("last"), ContentMetadata.NONE, false, true));
    EchoListener.echo(peer.connection());
    assertThat(peer.sent).containsExactly(Payload.utf8("first "), Payload.utf8("last"));
    assertThat(peer.options.get(0).finalMessage()).isFalse();
    assertThat(peer.options.get(1).finalMessage()).isTrue();
  }

  @Test
  void aCloseFrameIsAnsweredWithItsOwnCodeAndIsNoMessage() {
    ContentMetadata close =
        new ContentMetadata.WebSocket(ContentMetadata.Opcode.CLOSE, OptionalInt.of(4_001));
    Scripted peer = new Scripted(new Received(Payload.utf8("bedtime"), close, false, true));
    EchoListener.echo(peer.connection());
    assertThat(peer.options).containsExactly(new SendOptions(close, true));
  }

  /** A connection that brings what the test says, and keeps what is sent. */
  private static final class Scripted {
    private final List<Received> reads;
    private final List<Payload> sent = new ArrayList<>();
    private final List<SendOptions> options = new ArrayList<>();

    Scripted(Received... reads) {
      this.reads = new ArrayList<>(List.of(reads));
    }

    Connection connection() {
      return (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "receiveMessage" -> CompletableFuture.completedFuture(reads.remove(0));
                    case "send" -> {
                      sent.add((Payload) arguments[0]);
                      options.add(
                          arguments.length == 1 ? SendOptions.DEFAULT : (SendOptions) arguments[1]);
                      yield CompletableFuture.completedFuture(null);
                    }
                    default -> throw new AssertionError(method);
                  });
    }
  }
}
